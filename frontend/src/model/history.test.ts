import { expect, test } from 'vitest';
import { buildHistory } from './history';

test('a history tells what was recorded last at or before a step', () => {
  const history = buildHistory(2, [
    { key: 0, step: 2, value: 10 },
    { key: 1, step: 3, value: 20 },
    { key: 0, step: 5, value: 11 },
    { key: 0, step: 8, value: null },
  ]);
  expect([1, 2, 4, 5, 7, 8].map((step) => history.at(0, step))).toEqual([null, 10, 10, 11, 11, null]);
  expect(history.at(1, 100)).toBe(20);
  expect(history.at(7, 100)).toBeNull();
});
