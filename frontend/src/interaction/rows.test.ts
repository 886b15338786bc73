import { expect, test } from 'vitest';

import { furtherOf, isProse } from './rows';

test.each([
  ['x = 1', 4],
  ['    x = 1', 8],
  ['                x = 1', 16],
  ['', 4],
])('%j goes on at column %i', (line, column) => {
  expect(furtherOf(line)).toBe(column);
});

test('a comment is prose, also further in; a line with one at its end is not', () => {
  expect(['# a', '    # a', 'x = 1  # a', ''].map(isProse)).toEqual([true, true, false, false]);
});
