import { describe, expect, test } from 'vitest';
import { modelOf } from '../fixtures/samples';
import type { Iteration, Step } from '../model/types';
import { durationOf } from './durations';
import { LONGEST, paceOf } from './pace';

const steps = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ index, kind: 'update', flows: [] }) as unknown as Step);

const kinds = (count: number, kind: Step['kind'], flows = true) =>
  Array.from({ length: count }, () => ({ kind, flows: flows ? [null] : [] }) as unknown as Step);

const iterations = (count: number, length: number): Iteration[] =>
  Array.from({ length: count }, (_, index) => ({
    index,
    first: index * length,
    last: (index + 1) * length - 1,
    turns: [],
  }));

const sum = (durations: readonly number[]) => durations.reduce((total, each) => total + each, 0);

describe('the pace', () => {
  test('of a short program is that of its steps', () => {
    const model = modelOf('diamond');
    expect(paceOf(model)).toEqual(model.steps.map(durationOf));
  });

  test('shows of the program that the page opens with, within nine seconds, how gradients add up', () => {
    const appears = (count: number) => kinds(count, 'forward', false);
    const untilTheSum = [
      ...[...appears(3), ...kinds(8, 'forward')],
      ...[...kinds(5, 'backward'), ...appears(1), ...kinds(1, 'accumulate')],
      ...[...kinds(2, 'backward'), ...appears(1), ...kinds(1, 'accumulate')],
    ];
    expect(sum(untilTheSum.map(durationOf))).toBeLessThan(9_000);
  });

  test('passes by what the graph does not show', () => {
    const made = steps(100).map((step) => ({ ...step, node: step.index }));
    const leftOut = new Set(made.slice(0, 90).map(({ node }) => node));
    const paced = paceOf({ steps: made, iterations: [], leftOut });
    expect(sum(paced.slice(0, 90))).toBeLessThan(1_000);
    expect(paced.slice(90)).toEqual(made.slice(90).map(durationOf));
  });

  test('of a long one lets it end', () => {
    expect(sum(paceOf({ steps: steps(5000), iterations: [] }))).toBeCloseTo(LONGEST);
  });

  test('of a loop is slow the first time, and faster each time after', () => {
    const own = iterations(4, 3);
    const paced = paceOf({ steps: steps(12), iterations: own });
    const each = own.map(({ first, last }) => sum(paced.slice(first, last + 1)));
    expect(each[0]).toBe(sum(steps(3).map(durationOf)));
    expect(each.map((total) => (each[0] ?? 0) / total)).toEqual([1, 2, 3, 4].map((n) => expect.closeTo(n)));
  });

  test('of a thousand iterations leaves the first one readable', () => {
    const paced = paceOf({ steps: steps(30_000), iterations: iterations(1000, 30) });
    expect(paced[0]).toBe(durationOf(steps(1)[0] as Step));
    expect(sum(paced.slice(30))).toBeCloseTo(LONGEST);
    expect(paced.every((duration) => duration > 0)).toBe(true);
  });
});
