import { expect, test } from 'vitest';
import { renamed, sameShape } from './alike';
import { layout } from './layout';
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
