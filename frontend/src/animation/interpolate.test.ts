import { expect, test } from 'vitest';
import { layout, layoutNested } from '../layout';
import { easeInOut, easeOut } from './easing';
import { interpolateLayout } from './interpolate';

const size = { width: 100, height: 40 };
const nodes = [0, 1, 2].map((id) => ({ id, ...size }));
const chain = [
  { id: 0, source: 0, target: 1, slot: 0 },
  { id: 1, source: 1, target: 2, slot: 0 },
];
const before = layout({ nodes, edges: chain }, { direction: 'down' });
const after = layout(
  { nodes: [...nodes, { id: 3, ...size }], edges: [...chain, { id: 2, source: 3, target: 2, slot: 1 }] },
  { direction: 'right' },
);

test('starts at the first layout and ends at the second', () => {
  const start = interpolateLayout(before, after, 0);
  expect(start.nodes.get(1)).toMatchObject({ x: before.nodes.get(1)?.x, y: before.nodes.get(1)?.y });
  expect(start.edges.get(0)?.points).toEqual(before.edges.get(0)?.points);
  expect(interpolateLayout(before, after, 1)).toBe(after);
});

test('halfway everything that stays is halfway, and what is new is at its place', () => {
  const middle = interpolateLayout(before, after, 0.5);
  const x = (id: number): number => ((before.nodes.get(id)?.x ?? 0) + (after.nodes.get(id)?.x ?? 0)) / 2;
  expect(middle.nodes.get(2)?.x).toBeCloseTo(x(2));
  expect(middle.nodes.get(3)).toEqual({ ...after.nodes.get(3), presence: 0.5 });
  expect([...middle.edges.keys()]).toEqual([...after.edges.keys()]);
});

test('a route that changes its bends moves by its ends', () => {
  const route = {
    id: 0,
    source: 0,
    target: 1,
    points: [0, 0, 0, 1, 0, 2, 0, 3, 0, 4, 5, 4, 5, 8],
    label: { x: 0, y: 4, width: 92, aside: { x: 0, y: 0 } },
  };
  const from = { ...before, edges: new Map([[0, route]]) };
  const moved = interpolateLayout(from, before, 0).edges.get(0)?.points ?? [];
  expect(moved.length).toBe(before.edges.get(0)?.points.length);
  expect([moved[0], moved[1], moved.at(-2), moved.at(-1)]).toEqual([0, 0, 5, 8]);
});

test('to the right, a route that changes its bends leaves and arrives sideways', () => {
  const points = [0, 0, 1, 0, 2, 0, 3, 0, 4, 0, 4, 5, 8, 5];
  const route = { id: 0, source: 0, target: 1, points, label: null };
  const still = { ...after, edges: new Map([[0, { ...route, points: [0, 0, 4, 0, 4, 5, 8, 5] }]]) };
  const from = { ...after, edges: new Map([[0, route]]) };
  expect(interpolateLayout(from, still, 0).edges.get(0)?.points).toEqual([0, 0, 4, 0, 4, 5, 8, 5]);
});

test('easing goes from 0 to 1 and stays there', () => {
  for (const ease of [easeInOut, easeOut]) expect([-1, 0, 1, 2].map(ease)).toEqual([0, 0, 1, 1]);
  expect(easeInOut(0.5)).toBe(0.5);
  expect(easeOut(0.5)).toBeGreaterThan(0.5);
});

test('a face grows into its box, and what is in it comes out of it', () => {
  const closed = layoutNested(
    {
      nodes: [nodes[0] ?? { id: 0, ...size }, { id: 9, ...size }],
      edges: [{ id: 0, source: 0, target: 9, slot: 0 }],
    },
    { direction: 'down' },
  );
  const open = layoutNested(
    {
      nodes: [{ id: 0, ...size }, ...[1, 2].map((id) => ({ id, ...size, box: 9 }))],
      edges: chain,
      boxes: [{ id: 9, box: null, header: { width: 60, height: 20 } }],
    },
    { direction: 'down' },
  );
  const start = interpolateLayout(closed, open, 0);
  const face = closed.nodes.get(9);
  expect(start.boxes.get(9)).toMatchObject({
    x: face?.x,
    y: face?.y,
    width: face?.width,
    height: face?.height,
  });
  for (const id of [1, 2]) {
    const inner = start.nodes.get(id);
    expect(Math.abs((inner?.y ?? NaN) - (face?.y ?? NaN))).toBeLessThan(size.height / 2);
    expect(inner?.presence).toBe(0);
  }
  const shut = interpolateLayout(open, closed, 0).nodes.get(9);
  expect([shut?.width, shut?.height]).toEqual([open.boxes.get(9)?.width, open.boxes.get(9)?.height]);
});
