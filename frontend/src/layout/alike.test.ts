import { expect, test } from 'vitest';
import { renamed, sameShape } from './alike';
import { layout } from './layout';
import { layoutNested } from './nested';
import type { LayoutGraph } from './types';

/** A leaf and an input that stay, and a chain of two whose ids depend on the iteration. */
function iteration(count: number): LayoutGraph {
  const [product, loss] = [2 + 2 * count, 3 + 2 * count];
  const ends = [
    [0, product],
    [1, product],
    [product, loss],
    [1, loss],
  ] as const;
  return {
    nodes: [0, 1, product, loss].map((id, i) => ({ id, width: 80 + 10 * i, height: 40 })),
    edges: ends.map(([source, target], i) => ({ id: 4 * count + i, source, target, slot: i % 2 })),
  };
}

const [first, last] = [iteration(0), iteration(9)];

test('iterations of a loop have the same shape, whatever their ids', () => {
  expect(sameShape(first, last)).toBe(true);
  const { nodes, edges } = last;
  expect(sameShape(first, { nodes: nodes.slice(1), edges })).toBe(false);
  expect(sameShape(first, { nodes, edges: edges.toReversed() })).toBe(false);
  expect(sameShape(first, { nodes: nodes.map((node) => ({ ...node, width: 1 })), edges })).toBe(false);
});

test.each(['down', 'right'] as const)(
  'going %s, a renamed layout is the one that would be found',
  (direction) => {
    expect(renamed(layout(first, { direction }), first, last)).toEqual(layout(last, { direction }));
  },
);

test('boxes and what is in them belong to the shape, and are renamed', () => {
  const boxed = ({ nodes, edges }: LayoutGraph, box: number): LayoutGraph => ({
    nodes: nodes.map((node, i) => (i > 1 ? { ...node, box } : node)),
    edges,
    boxes: [{ id: box, box: null, header: { width: 40, height: 20 } }],
  });
  const [one, other] = [boxed(first, 100), boxed(last, 200)];
  expect(sameShape(one, other)).toBe(true);
  expect(sameShape(one, first)).toBe(false);
  expect(sameShape(one, { ...other, nodes: other.nodes.map((node) => ({ ...node, box: 200 })) })).toBe(false);
  const options = { direction: 'down' } as const;
  expect(renamed(layoutNested(one, options), one, other)).toEqual(layoutNested(other, options));
});
