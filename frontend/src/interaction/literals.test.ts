import { expect, test } from 'vitest';

import { pulled, readLiteral, unitsOf } from './literals';

function pull(text: string, units: number, fine = false): string | null {
  const literal = readLiteral(text);
  return literal && pulled(literal, units, fine);
}

test.each([
  ['3.0', 1, '3.1'],
  ['3.0', -31, '-0.1'],
  ['3.', 1, '3.1'],
  ['-0.5', 3, '-0.2'],
  ['- 0.5', -1, '-0.6'],
  ['0.001', 4, '0.005'],
  ['0.1', -1, '0.0'],
  ['7', 2, '9'],
  ['0', -1, '-1'],
  ['1e-3', 1, '1.1e-3'],
  ['2.5E4', -5, '2.0E4'],
])('%s pulled by %d units is %s', (text, units, expected) => {
  expect(pull(text, units)).toBe(expected);
});

test('a fine pull works on one digit more, and leaves whole numbers whole', () => {
  expect(pull('3.0', 1, true)).toBe('3.01');
  expect(pull('7', 1, true)).toBe('8');
});

test.each(['0x1f', '1_000', '2j', '007', 'x', ''])('%s is nothing to pull at', (text) => {
  expect(readLiteral(text)).toBeNull();
});

test('whole numbers need a longer pull than tenths', () => {
  expect(unitsOf({ value: 1, digits: 0, exponent: '' }, 24)).toBe(3);
  expect(unitsOf({ value: 1, digits: 1, exponent: '' }, 24)).toBe(8);
});
