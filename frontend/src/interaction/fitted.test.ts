import { expect, test } from 'vitest';
import { fitted } from './fitted';

const value = { text: '0.1235', exact: '0.123456', shorter: ['0.123', '0.12'] };
const gradient = { text: '−0.004496', exact: '-0.0044963', shorter: ['−0.0045'] };

test('both in full where there is room', () => {
  expect(fitted(value, gradient, 21)).toEqual({ value: '0.1235', gradient: '−0.004496' });
});

test('fewer digits before anything is left out', () => {
  expect(fitted(value, gradient, 18)).toEqual({ value: '0.123', gradient: '−0.0045' });
});

test('then the gradient alone, with as many digits as it may have', () => {
  expect(fitted(value, gradient, 17)).toEqual({ value: null, gradient: '−0.004496' });
  expect(fitted(value, gradient, 12)).toEqual({ value: null, gradient: '−0.004496' });
  expect(fitted(value, gradient, 9)).toEqual({ value: null, gradient: '−0.0045' });
});

test('a value without a gradient', () => {
  expect(fitted(value, null, 7)).toEqual({ value: '0.123', gradient: null });
  expect(fitted(value, null, 5)).toEqual({ value: null, gradient: null });
  expect(fitted({ text: 'a'.repeat(60), exact: '' }, null, 9).value).toMatch(/^a+$/);
  expect(fitted({ text: 'a'.repeat(60), exact: '' }, null, 6).value).toBeNull();
});

test('numbers come before shapes, which come before nothing', () => {
  const vector = { text: '[0.5, 0.25]', exact: '', bare: '[2]' };
  const negative = { text: '[−0.5, 0.3]', exact: '', bare: '[2]' };
  expect(fitted(vector, negative, 13)).toEqual({ value: null, gradient: '[−0.5, 0.3]' });
  expect(fitted(vector, negative, 12)).toEqual({ value: '[2]', gradient: '[2]' });
  expect(fitted(vector, negative, 6)).toEqual({ value: null, gradient: '[2]' });
});
