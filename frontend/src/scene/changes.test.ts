import { expect, test } from 'vitest';
import { agree, changedAreas, extentOf, steadyShapes } from './changes';
import type { PathShape, RectShape, Shape, TextShape } from './types';

const body: RectShape = {
  type: 'rect',
  key: 'node:1',
  x: 0,
  y: 0,
  w: 100,
  h: 60,
  radius: 12,
  fill: 'surface',
};
const line: PathShape = {
  type: 'path',
  key: 'edge:1',
  points: [50, 60, 50, 80, 90, 80, 90, 100],
  stroke: 'line',
};
const name: TextShape = {
  type: 'text',
  key: 'node:1:name',
  x: 20,
  y: 30,
  text: 'matmul',
  size: 14,
  family: 'text',
  weight: 500,
  anchor: 'start',
  fill: 'ink',
};
const scene: readonly Shape[] = [line, body, name];

test('what is built anew and looks the same has not changed', () => {
  const again = scene.map((shape) => ({ ...shape, ...('points' in shape && { points: [...shape.points] }) }));
  expect(changedAreas(scene, again as Shape[], 10)).toEqual([]);
});

test('what changed is around where it was and where it is, what came or went around itself', () => {
  const lit = { ...line, stroke: 'forward' } as const;
  expect(changedAreas(scene, [lit, body, name], 10)).toEqual([extentOf(line), extentOf(lit)]);
  const moved = { ...body, x: 300 };
  expect(changedAreas(scene, [line, moved, name], 10)).toEqual([extentOf(body), extentOf(moved)]);
  const glow = { ...body, key: 'node:1:glow', x: -8 };
  expect(changedAreas(scene, [line, glow, body, name], 10)).toEqual([extentOf(glow)]);
  expect(changedAreas(scene, [line, body], 10)).toEqual([extentOf(name)]);
});

test('another order, or more changes than asked for, cannot be told by areas', () => {
  expect(changedAreas(scene, [body, line, name], 10)).toBeNull();
  expect(changedAreas(scene, [], 2)).toBeNull();
  expect(changedAreas([], scene, 2)).toBeNull();
});

test('shapes that are built anew and look the same are the list that there was', () => {
  const steady = steadyShapes();
  expect(steady(scene)).toBe(scene);
  expect(steady(scene.map((shape) => ({ ...shape })))).toBe(scene);
  const fewer = [line, body];
  expect(steady(fewer)).toBe(fewer);
  expect(steady([])).toEqual([]);
});

test('pictures agree while few of the shapes in both are others, whatever came or went', () => {
  const moved = { ...body, x: 5 };
  expect(agree(scene, scene, 0)).toBe(true);
  expect(agree(scene, [line, { ...body }], 0)).toBe(true);
  expect(agree([body], [name, { ...body }, line], 0)).toBe(true);
  expect(agree(scene, [line, moved, name], 0)).toBe(false);
  expect(agree(scene, [line, moved, name], 1)).toBe(true);
  expect(agree(scene, [{ ...line, stroke: 'ink' }, moved, name], 1)).toBe(false);
});
