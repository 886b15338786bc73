import { expect, it } from 'vitest';

import { neighbour } from './roving';

it('goes up and down, round at the ends, and to either end', () => {
  expect(['ArrowDown', 'ArrowUp', 'Home', 'End'].map((key) => neighbour(key, 1, 4))).toEqual([2, 0, 0, 3]);
  expect(neighbour('ArrowDown', 3, 4)).toBe(0);
  expect(neighbour('ArrowUp', 0, 4)).toBe(3);
  expect(neighbour('ArrowDown', -1, 4)).toBe(0);
  expect(neighbour('ArrowUp', -1, 4)).toBe(3);
});

it('leaves other keys, and empty lists, alone', () => {
  expect(neighbour('Tab', 1, 4)).toBeNull();
  expect(neighbour('ArrowDown', -1, 0)).toBeNull();
});
