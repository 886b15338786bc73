import { expect, test } from 'vitest';
import { placeLabels } from './labels';
import type { Point } from './types';

const straight = (x: number, from: number, to: number): number[] => {
  const third = (to - from) / 3;
  return [x, from, x, from + third, x, to - third, x, to];
};
const line = (source: number, target: number, x: number) => ({ source, target, points: straight(x, 0, 100) });

function overlap([a, b]: readonly (Point | null)[]): boolean {
  return a == null || b == null || (Math.abs(a.x - b.x) < 92 && Math.abs(a.y - b.y) < 20);
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

test('the same layout gives the same places', () => {
  const lines = [line(0, 1, 0), line(2, 3, 5), line(4, 5, 10)];
  expect(placeLabels([], lines, 'down')).toEqual(placeLabels([], lines, 'down'));
});
