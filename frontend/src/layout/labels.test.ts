import { expect, test } from 'vitest';
import { LABEL_HEIGHT, placeLabels } from './labels';
import type { Label } from './types';

const straight = (x: number, from: number, to: number): number[] => {
  const third = (to - from) / 3;
  return [x, from, x, from + third, x, to - third, x, to];
};
const line = (source: number, target: number, x: number) => ({ source, target, points: straight(x, 0, 100) });

function overlap([a, b]: readonly (Label | null)[]): boolean {
  if (a == null || b == null) return true;
  return Math.abs(a.x - b.x) < (a.width + b.width) / 2 && Math.abs(a.y - b.y) < LABEL_HEIGHT;
}

test('a number stands halfway where there is nothing in its way', () => {
  const [label] = placeLabels([], [line(0, 1, 10)], 'down');
  expect(label?.x).toBeCloseTo(10);
  expect(label?.y).toBeCloseTo(50);
});

test('numbers on near edges make room for each other', () => {
  expect(overlap(placeLabels([], [line(0, 1, 0), line(2, 3, 30)], 'down'))).toBe(false);
});

test('a number makes room for a node', () => {
  const node = { id: 9, x: 40, y: 45, width: 60, height: 20 };
  const [label] = placeLabels([node], [line(0, 1, 0)], 'down');
  expect(Math.abs((label?.y ?? 45) - 45)).toBeGreaterThanOrEqual(20);
});

test.each(['down', 'right'] as const)('going %s, parallel edges have theirs side by side', (direction) => {
  const [left, right] = placeLabels([], [line(0, 1, 0), line(0, 1, 20)], direction);
  expect(overlap([left ?? null, right ?? null])).toBe(false);
});

test('where there is no room, there is no number', () => {
  const wall = { id: 9, x: 0, y: 50, width: 400, height: 100 };
  expect(placeLabels([wall], [line(0, 1, 0)], 'down')).toEqual([null]);
});

test('beside its edge a number is nearer to it than to one that it meets, or it has no place', () => {
  const wall = { id: 9, x: -140, y: 50, width: 320, height: 100 };
  const first = (other: number) => placeLabels([wall], [line(0, 1, 0), line(2, other, 40)], 'down')[0];
  expect(first(3)?.x).toBe(72);
  expect(first(1)).toBeNull();
});

test('a number between two others that leave little room has a narrow place; one that is alone a wide one', () => {
  const walls = [50, -50].map((y, i) => ({
    id: 7 + i,
    x: 0,
    y: 50 + Math.sign(y) * 60,
    width: 600,
    height: 98,
  }));
  const labels = placeLabels(walls, [line(0, 1, -76), line(2, 3, 76), line(4, 5, 0)], 'down');
  expect(labels.map((label) => label?.width)).toEqual([92, 92, 60]);
  expect(placeLabels([], [line(0, 1, 0)], 'down')[0]?.width).toBe(120);
});

test('the same layout gives the same places', () => {
  const lines = [line(0, 1, 0), line(2, 3, 5), line(4, 5, 10)];
  expect(placeLabels([], lines, 'down')).toEqual(placeLabels([], lines, 'down'));
});

test('a number keeps off a stretch that its edge shares with another one', () => {
  // Both come from one port, and part halfway.
  const bent = (target: number, x: number) => {
    const points = [0, 0, 0, 40, 0, 80, 0, 120, 0, 150, x, 150, x, 180];
    return { source: 0, target, points };
  };
  const labels = placeLabels([], [bent(1, 90), bent(2, -90)], 'down');
  for (const [label, side] of [
    [labels[0], 1],
    [labels[1], -1],
  ] as const) {
    expect(label?.y).toBeGreaterThan(120);
    expect((label?.x ?? 0) * side).toBeGreaterThan(0);
  }
});

test('where wide places would push a number off its edge, all begin with narrow ones', () => {
  // A long edge in a channel between two nodes; under one of them a short one comes out beside it.
  const walls = [75, 279].map((x, i) => ({ id: 7 + i, x, y: 124, width: 151, height: 124 }));
  const long = { source: 0, target: 1, points: straight(177, 62, 242) };
  const short = { source: 2, target: 1, points: straight(228, 186, 242) };
  const [label, other] = placeLabels(walls, [short, long], 'down').toReversed();
  for (const [found, x] of [
    [label, 177],
    [other, 228],
  ] as const) {
    expect((found?.x ?? NaN) - (found?.aside.x ?? NaN)).toBe(x);
    expect(Math.abs(found?.aside.x ?? NaN)).toBeLessThan((found?.width ?? NaN) / 2);
  }
  expect(overlap([label ?? null, other ?? null])).toBe(false);
});

test('of parallel edges each has its number where it can lie on its own', () => {
  const labels = placeLabels([], [line(0, 1, 0), line(0, 1, 20)], 'down');
  for (const [i, label] of labels.entries()) {
    expect((label?.x ?? NaN) - (label?.aside.x ?? NaN)).toBe(20 * i);
    expect(Math.abs(label?.aside.x ?? NaN)).toBeLessThan((label?.width ?? NaN) / 2);
  }
});
