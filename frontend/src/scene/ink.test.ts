import { expect, test } from 'vitest';
import { readValue } from '../model/values';
import { MOST_NUMBER } from './face';
import { fitting, gradientToken, jointText, markedText, valueToken } from './ink';

const read = (data: number[]) =>
  readValue({
    id: 0,
    shape: [data.length],
    dtype: 'float32',
    data,
    picture: null,
    stats: null,
    layout: 'strided',
  });

test('a gradient of several elements has a sign and a norm; one of zeros has neither', () => {
  expect(markedText(read([3, -4]))).toBe('± norm 5');
  expect(markedText(read([3, 4]))).toBe('+ norm 5');
  expect(markedText(read([-3, -4]))).toBe('− norm 5');
  expect(markedText(read([0, 0]))).toBe('0');
});

test('what is not finite: NaN is a problem, infinities have their sign', () => {
  const values = [
    [1, NaN, Infinity],
    [1, Infinity],
    [1, -Infinity],
    [Infinity, -Infinity],
  ].map(read);
  expect(values.map((value) => markedText(value))).toEqual(['NaN', '∞', '−∞', '±∞']);
  expect(values.map(gradientToken)).toEqual(['problem', 'infinite', 'infinite', 'infinite']);
  expect(values.map(valueToken)).toEqual(['problem', 'infinite', 'infinite', 'infinite']);
});

const joint = (values: number[][], total: number[] | null = null) => ({
  ...{ edges: [], past: false, strength: read([]) },
  ...{ values: values.map(read), total: total && read(total) },
});
const within = (most: number) => (text: string) => text.length <= most;

test('gradients that are drawn as one are counted, with their sum where there is one, else with a norm', () => {
  expect(jointText(joint([[3]]), within(9))).toBe('+3');
  expect(jointText(joint([[3], [-4]]), within(9))).toBe('2 ∂ ‖5‖');
  expect(jointText(joint([[3], [-4]], [-1]), within(9))).toBe('2 Σ −1');
  expect(
    jointText(
      joint(
        [
          [3, 1],
          [0, 3],
        ],
        [3, 4],
      ),
      within(12),
    ),
  ).toBe('2 Σ + norm 5');
  expect(jointText(joint([[3], [-4]], [-1]), within(5))).toBe('Σ −1');
});

test('with less room they have fewer digits, and their number in the end', () => {
  const three = joint([[0.1234], [0.2], [0]]);
  expect([12, 9, 3, 2].map((most) => jointText(three, within(most)))).toEqual([
    '3 ∂ ‖0.235‖',
    '3 ∂',
    '3 ∂',
    null,
  ]);
  expect(jointText(joint([[0], [0]]), within(9))).toBe('2 ∂ 0');
  expect(jointText(joint([[1], [Infinity]]), within(9))).toBe('2 ∂ ∞');
  expect(jointText(joint([[NaN], [Infinity]]), within(9))).toBe('2 ∂ NaN');
});

test('a number that does not fit has fewer digits, a vector its size', () => {
  expect(fitting(read([-0.00012345]), 10)).toBe('−0.0001234');
  expect(fitting(read([-0.00012345]), 8)).toBe('−0.00012');
  expect(fitting(read([1, 2]), 8)).toBe('[1, 2]');
  expect(fitting(read([0.1234, 0.5678]), 8)).toBe('[2]');
});

test('any number fits on a face, which is as wide as the longest', () => {
  for (let exponent = -320; exponent <= 308; exponent++) {
    for (const mantissa of [-9.87654321, -1.00049, 3.14159]) {
      const text = fitting(read([Number(`${String(mantissa)}e${String(exponent)}`)]), MOST_NUMBER);
      expect(text.length, text).toBeLessThanOrEqual(MOST_NUMBER);
    }
  }
});
