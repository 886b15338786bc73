import { describe, expect, test } from 'vitest';
import { layout } from '../layout';
import { hitTest } from './hit';

const size = { width: 100, height: 40 };
const placed = layout(
  {
    nodes: [0, 1, 2].map((id) => ({ id, ...size })),
    edges: [
      { id: 10, source: 0, target: 2, slot: 0 },
      { id: 11, source: 1, target: 2, slot: 1 },
    ],
  },
  { direction: 'down' },
);

describe('hitTest', () => {
  test('finds the node under a point, borders included', () => {
    for (const { id, x, y } of placed.nodes.values()) {
      expect(hitTest(placed, x, y)).toEqual({ kind: 'node', id });
      expect(hitTest(placed, x + 50, y + 20)).toEqual({ kind: 'node', id });
    }
  });

  test('finds the nearest edge within reach', () => {
    for (const { id, points } of placed.edges.values()) {
      const [x = 0, y = 0] = points;
      expect(hitTest(placed, x + 3, y + 2)).toEqual({ kind: 'edge', id });
      expect(hitTest(placed, x + 3, y + 2, 1)).toBeNull();
    }
  });

  test('finds nothing in the open', () => {
    expect(hitTest(placed, -500, -500)).toBeNull();
  });
});
