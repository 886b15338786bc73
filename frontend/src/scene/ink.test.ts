import { expect, test } from 'vitest';
import { readValue } from '../model/values';
import { markedText } from './ink';

const read = (data: number[]) =>
  readValue({ id: 0, shape: [data.length], dtype: 'float32', data, picture: null, stats: null });

test('a gradient of several elements has a sign and a norm; one of zeros has neither', () => {
  expect(markedText(read([3, -4]))).toBe('± norm 5');
  expect(markedText(read([3, 4]))).toBe('+ norm 5');
  expect(markedText(read([-3, -4]))).toBe('− norm 5');
  expect(markedText(read([0, 0]))).toBe('0');
});
