import { expect, test } from 'vitest';
import type { DocumentValue } from '../model/types';
import { readValue } from '../model/values';
import { inTable, shorterTexts } from './brief';

function value(shape: number[], data: unknown = null) {
  const rest = { dtype: 'float32', picture: null, stats: null, layout: 'strided' } as const;
  return readValue({ id: 0, shape, data, ...rest } as DocumentValue);
}

test('in a table a shape is not taken for a list of numbers', () => {
  expect(inTable(value([3], [1, 0, -1]))).toBe('[1, 0, −1]');
  expect(inTable(value([3], [0.1234, 0.5678, -0.9]))).toBe('size 3');
  expect(inTable(value([30522]))).toBe('size 30522');
  expect(inTable(value([4, 3]))).toBe('4×3');
  expect(inTable(value([], 2.5))).toBe('2.5');
});

test('where room is scarce, that elements are not finite is told, and not the range of the others', () => {
  const tensor = value([5, 3]);
  expect(shorterTexts('5×3  9 infinite, else −87 … −0.005', tensor)).toEqual([
    '5×3  9 infinite, else −87 … −.005',
    '5×3  9 infinite',
  ]);
  expect(shorterTexts('3 NaN, else 0', tensor)).toEqual(['3 NaN']);
  expect(shorterTexts('5×3  −87 … −2', tensor)).toEqual([]);
});
