import { describe, expect, test } from 'vitest';
import { counted, formatNumber, formatSigned, grouped, toNumber } from './numbers';

describe('formatNumber', () => {
  test.each([
    [0, '0'],
    [-0, '0'],
    [3, '3'],
    [-1.5, '−1.5'],
    [0.99876543, '0.9988'],
    [6.70001, '6.7'],
    [123456, '123456'],
    [123456.789, '123457'],
    [1234567.5, '1.23e6'],
    [123456789, '123456789'],
    [-123456789, '−1.23e8'],
    [0.000012345, '1.23e−5'],
    [-0.00001, '−1e−5'],
    [17.069, '17.07'],
    ['NaN', 'NaN'],
    ['Infinity', '∞'],
    ['-Infinity', '−∞'],
    ['9007199254740993', '9.01e15'],
    [true, 'True'],
    [null, '–'],
  ] as const)('%s reads %s', (number, text) => {
    expect(formatNumber(number)).toBe(text);
  });

  test('a complex number reads as a sum', () => {
    expect(formatNumber({ re: 1, im: -2.5 })).toBe('1 − 2.5i');
  });

  test('fewer digits are given where told', () => {
    expect(formatNumber(0.35355, 3)).toBe('0.354');
    expect(formatNumber(123456.789, 2)).toBe('123457');
  });
});

test('a signed number says plus, but not before zero', () => {
  expect([0.5, -0.5, 0].map((number) => formatSigned(number))).toEqual(['+0.5', '−0.5', '0']);
});

test('what is no number is NaN', () => {
  expect([toNumber('Infinity'), toNumber(false), toNumber(null), toNumber('')]).toEqual([
    Infinity,
    0,
    NaN,
    NaN,
  ]);
});

test('what is counted is written alike everywhere, thousands apart', () => {
  expect([0, 1, 3, 19_998].map((count) => counted(count, 'operation'))).toEqual([
    '0 operations',
    '1 operation',
    '3 operations',
    '19,998 operations',
  ]);
});

test.each([0, 7, 999, 1000, 20_000, 100_000, 1_234_567, 2 ** 53])('%d has its thousands apart', (count) => {
  expect(grouped(count)).toBe(count.toLocaleString('en'));
});
