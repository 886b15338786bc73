import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { storage } from '../fixtures/storage';
import { DirectionChoice } from './direction.svelte';

beforeEach(() => vi.stubGlobal('localStorage', storage()));
afterEach(() => vi.unstubAllGlobals());

test('is what is best until a reader turns it, and then what they want, also at the next visit', () => {
  const choice = new DirectionChoice();
  choice.settle('right');
  expect(choice).toMatchObject({ direction: 'right', free: true });
  choice.toggle();
  choice.settle('right');
  expect(choice).toMatchObject({ direction: 'down', free: false });
  expect(new DirectionChoice()).toMatchObject({ direction: 'down', free: false });
});

test('turned back to what is best, it is free again', () => {
  const choice = new DirectionChoice();
  choice.toggle();
  expect(new DirectionChoice().direction).toBe('right');
  choice.toggle();
  expect(choice.free).toBe(true);
  expect(new DirectionChoice()).toMatchObject({ direction: 'down', free: true });
});
