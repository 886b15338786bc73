import { expect, test } from 'vitest';
import { layout } from './layout';
import type { Direction, LayoutGraph } from './types';

/** A wide node between two small ones, whose edges are held 60 left of its middle and 50 right of it. */
const graph: LayoutGraph = {
  nodes: [
    { id: 0, width: 60, height: 60 },
    { id: 1, width: 200, height: 200 },
    { id: 2, width: 60, height: 60 },
  ],
  edges: [
    { id: 0, source: 0, target: 1, slot: 0, entry: -60 },
    { id: 1, source: 1, target: 2, slot: 0, exit: 50 },
  ],
};

test.each(['down', 'right'] as Direction[])(
  'going %s, edges meet a node where they are held, straight',
  (direction) => {
    const { nodes, edges } = layout(graph, { direction });
    const aside = direction === 'down' ? 0 : 1;
    const middle = nodes.get(1)?.[direction === 'down' ? 'x' : 'y'] ?? NaN;
    for (const [id, held] of [
      [0, -60],
      [1, 50],
    ] as const) {
      const across = (edges.get(id)?.points ?? []).filter((_, i) => i % 2 === aside);
      for (const at of across) expect(at - middle).toBeCloseTo(held);
    }
  },
);

/** Two nodes with a tab on top lead into one. */
const tabbed: LayoutGraph = {
  nodes: [
    { id: 0, width: 100, height: 60, crown: 22 },
    { id: 1, width: 100, height: 60, crown: 22 },
    { id: 2, width: 100, height: 60 },
  ],
  edges: [0, 1].map((id) => ({ id, source: id, target: 2, slot: id })),
};

test('from the side, edges meet a node below its crown; from above it makes no difference', () => {
  const right = layout(tabbed, { direction: 'right' });
  for (const { source, points } of right.edges.values()) {
    const { y, height } = right.nodes.get(source) ?? { y: NaN, height: NaN };
    expect(points[1]).toBeGreaterThan(y - height / 2 + 22);
    expect(points[1]).toBeLessThan(y + height / 2);
  }
  const plain = { ...tabbed, nodes: tabbed.nodes.map(({ id, width, height }) => ({ id, width, height })) };
  expect([...layout(tabbed, { direction: 'down' }).edges.values()]).toEqual([
    ...layout(plain, { direction: 'down' }).edges.values(),
  ]);
});
