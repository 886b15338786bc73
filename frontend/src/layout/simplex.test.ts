import { describe, expect, test } from 'vitest';
import { shortest, type Spacing } from './simplex';

/** Edges as [tail, head, least length, weight]. */
function spacingOf(count: number, edges: readonly (readonly [number, number, number, number])[]): Spacing {
  return {
    count,
    tail: Int32Array.from(edges, ([tail]) => tail),
    head: Int32Array.from(edges, ([, head]) => head),
    least: Float64Array.from(edges, ([, , least]) => least),
    weight: Float64Array.from(edges, ([, , , weight]) => weight),
  };
}

function lengthsOf({ tail, head, least, weight }: Spacing, places: Float64Array) {
  const lengths = Array.from(tail, (v, e) => (places[head[e] ?? 0] ?? NaN) - (places[v] ?? NaN));
  const sum = lengths.reduce((total, length, e) => total + length * (weight[e] ?? 0), 0);
  return { sum, kept: lengths.every((length, e) => length >= (least[e] ?? 0) - 1e-6) };
}

describe('the network simplex', () => {
  test("finds the ranks of the paper's first example", () => {
    const spacing = spacingOf(8, [
      [0, 1, 1, 1],
      [1, 2, 1, 1],
      [2, 3, 1, 1],
      [3, 7, 1, 1],
      [0, 4, 1, 1],
      [0, 5, 1, 1],
      [4, 6, 1, 1],
      [5, 6, 1, 1],
      [6, 7, 1, 1],
    ]);
    const found = shortest(spacing, Float64Array.of(0, 1, 2, 3, 1, 1, 2, 4), 1e6);
    expect(lengthsOf(spacing, found)).toEqual({ sum: 10, kept: true });
  });

  test('gives way where that weighs least', () => {
    const spacing = spacingOf(3, [
      [0, 1, 1, 1],
      [1, 2, 1, 5],
      [0, 2, 9, 1],
    ]);
    const found = shortest(spacing, Float64Array.of(0, 1, 9), 1e6);
    expect([...found].map((place) => place - (found[0] ?? 0))).toEqual([0, 8, 9]);
  });

  test('puts what may lie here or there at the same cost in the middle, if asked to', () => {
    const spacing = spacingOf(3, [
      [0, 1, 0, 1],
      [1, 2, 0, 1],
      [0, 2, 10, 1],
    ]);
    const found = shortest(spacing, Float64Array.of(0, 0, 10), 1e6, true);
    expect((found[1] ?? 0) - (found[0] ?? 0)).toBe(5);
  });

  test('keeps every least length when the budget ends early', () => {
    const edges = Array.from({ length: 200 }, (_, e) => {
      const tail = (e * 37) % 60;
      return [tail, tail + 1 + ((e * 13) % 40), 1 + (e % 3), 1 + (e % 5)] as const;
    });
    const chain = Array.from({ length: 100 }, (_, v) => [v, v + 1, 1, 1] as const);
    const spacing = spacingOf(101, [...edges, ...chain]);
    const start = Float64Array.from({ length: 101 }, (_, v) => 3 * v);
    const sums = [0, 400, 1e6].map((budget) => lengthsOf(spacing, shortest(spacing, start, budget)));
    expect(sums.every(({ kept }) => kept)).toBe(true);
    expect(sums[1]?.sum).toBeLessThanOrEqual(sums[0]?.sum ?? 0);
    expect(sums[2]?.sum).toBeLessThan(sums[0]?.sum ?? 0);
    expect(sums[2]?.sum).toBeLessThanOrEqual(sums[1]?.sum ?? 0);
  });
});
