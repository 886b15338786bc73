import { expect, test } from 'vitest';

import { layoutNested } from '../layout';
import { anchored, anchorOf, driftIntoSight, itemInMiddle, spotOf } from './anchor';

const size = { width: 100, height: 40 };
const closed = layoutNested({ nodes: [{ id: 9, ...size }], edges: [] }, { direction: 'down' });
const open = layoutNested(
  {
    nodes: [1, 2, 3].map((id) => ({ id, ...size, box: 9 })),
    edges: [{ id: 0, source: 1, target: 2, slot: 0 }],
    boxes: [{ id: 9, box: null, header: { width: 60, height: 20 } }],
  },
  { direction: 'down' },
);
const view = { scale: 0.5, x: 300, y: 200 };

test('the point that was clicked stays where it is while a group opens', () => {
  const at = { x: view.x + 25 * view.scale, y: view.y + 10 * view.scale };
  const anchor = anchorOf(closed, 9, view, at);
  expect(anchor?.share).toEqual({ x: 0.25, y: 0.25 });
  const next = anchor && anchored(anchor, open, 1);
  const box = open.boxes.get(9);
  const left = (box?.x ?? NaN) - (box?.width ?? NaN) / 2;
  expect((left + 0.25 * (box?.width ?? NaN)) * 1 + (next?.x ?? NaN)).toBeCloseTo(at.x);
});

test('without a point it is the middle; what is not there has none', () => {
  expect(anchorOf(closed, 9, view)?.share).toEqual({ x: 0.5, y: 0.5 });
  expect(anchorOf(closed, 7, view)).toBeNull();
});

test('what opened comes into sight from any side, or its head where it is too large, and stays where it is seen', () => {
  const screen = { width: 800, height: 600 };
  const small = { x: 100, y: 100, width: 300, height: 200 };
  expect(driftIntoSight(small, { scale: 1, x: 0, y: 0 }, screen)).toEqual({ x: 0, y: 0 });
  expect(driftIntoSight(small, { scale: 1, x: -200, y: 400 }, screen)).toEqual({ x: 112, y: -112 });
  const large = { x: 100, y: 100, width: 2000, height: 900 };
  expect(driftIntoSight(large, { scale: 1, x: -400, y: -500 }, screen)).toEqual({ x: 312, y: 412 });
  expect(driftIntoSight(large, { scale: 2, x: 600, y: 500 }, screen)).toEqual({ x: -48, y: -148 });
});

test('what is looked at is what is nearest to the middle of the screen', () => {
  const screen = { width: 800, height: 600 };
  const over = (id: number) => ({
    scale: 2,
    x: 400 - 2 * (open.nodes.get(id)?.x ?? NaN) + 30,
    y: 300 - 2 * (open.nodes.get(id)?.y ?? NaN),
  });
  for (const id of [1, 2, 3]) expect(itemInMiddle(open, over(id), screen)).toBe(id);
});

test('the spot of an item is its middle, where all of it is seen', () => {
  const screen = { width: 800, height: 600 };
  const at = (id: number) => open.nodes.get(id) ?? { x: NaN, y: NaN };
  const middle = { x: at(2).x * view.scale + view.x, y: at(2).y * view.scale + view.y };
  expect(spotOf(2, open, view, screen)).toEqual(middle);
  expect(spotOf(2, open, { ...view, x: -at(2).x * view.scale }, screen)).toBeUndefined();
  expect(spotOf(-1, open, view, screen)).toBeUndefined();
});
