import { expect, test } from 'vitest';
import { fitted, isRounded } from './fitted';

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

test('what tells other numbers is rounded, what only leaves out or looks otherwise is not', () => {
  const rounded = (text: string, shown: string) => isRounded({ text, exact: '' }, shown);
  expect(rounded('4.1', '4')).toBe(true);
  expect(rounded('7.01', '7')).toBe(true);
  expect(rounded('[−0.2993, 0.5987]', '−.3 .6')).toBe(true);
  expect(rounded('1.235e−05', '1e−05')).toBe(true);
  expect(rounded('4.1', '4.1')).toBe(false);
  expect(rounded('0.5', '.5')).toBe(false);
  expect(rounded('[0.5, −0.25, 3]', '.5 −.25 …')).toBe(false);
  expect(rounded('[12]  −0.25 … 11', '[12]  −.25 … 11')).toBe(false);
  expect(rounded('5×3  9 infinite, else −87 … −2', '5×3  9 infinite')).toBe(false);
  expect(isRounded({ text: '[0.5, 0.25]', exact: '', bare: '[2]' }, '[2]')).toBe(false);
});
