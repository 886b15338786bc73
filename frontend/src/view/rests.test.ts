import { expect, test, vi } from 'vitest';

import { whenAtRest } from './rests';

test('what changes under a pull is told once the hand rests, and anything else at once', () => {
  vi.useFakeTimers();
  const told: number[] = [];
  whenAtRest(false, () => told.push(1));
  expect(told).toEqual([1]);
  const earlier = whenAtRest(true, () => told.push(2));
  vi.advanceTimersByTime(150);
  earlier();
  whenAtRest(true, () => told.push(3));
  vi.advanceTimersByTime(350);
  expect(told).toEqual([1]);
  vi.advanceTimersByTime(100);
  expect(told).toEqual([1, 3]);
  vi.useRealTimers();
});
