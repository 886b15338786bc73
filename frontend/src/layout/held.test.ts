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
