import { describe, expect, test } from 'vitest';
import { foldOf, groupNamed } from '../fixtures/folds';
import { graphOf } from '../fixtures/graphs';
import { largeModel } from '../fixtures/large';
import { layout, layoutNested } from '../layout';
import { foldedGraph } from './group-face';
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

const { nodes } = graphOf(['leaf', 'leaf', 'op < 0 1']);
const items = new Map(
  nodes.map((node) => [node.id, { kind: 'node' as const, id: node.id, node, box: null, appearances: 1 }]),
);
const picture = { fold: { ...foldOf(largeModel('resnet-18')), items }, layout: placed };

describe('hitTest', () => {
  test('finds the node under a point, borders included', () => {
    for (const { id, x, y } of placed.nodes.values()) {
      expect(hitTest(picture, x, y)).toEqual({ kind: 'node', id });
      expect(hitTest(picture, x + 50, y + 20)).toEqual({ kind: 'node', id });
    }
  });

  test('finds the nearest edge within reach', () => {
    for (const { id, points } of placed.edges.values()) {
      const [x = 0, y = 0] = points;
      expect(hitTest(picture, x + 3, y + 2)).toEqual({ kind: 'edge', id });
      expect(hitTest(picture, x + 3, y + 2, 1)).toBeNull();
    }
  });

  test('finds nothing in the open', () => {
    expect(hitTest(picture, -500, -500)).toBeNull();
  });

  test('finds closed groups, the headers of open ones, and a shared leaf by any of its faces', () => {
    const model = largeModel('gpt2-12');
    const fold = foldOf(model, { 'h.1': true });
    const whole = { fold, layout: layoutNested(foldedGraph(model, fold), { direction: 'down' }) };
    const closed = groupNamed(fold.grouping, 'h.0').id;
    const face = whole.layout.nodes.get(closed);
    expect(hitTest(whole, face?.x ?? NaN, face?.y ?? NaN)).toEqual({ kind: 'group', id: closed });
    const open = groupNamed(fold.grouping, 'h.1').id;
    const box = whole.layout.boxes.get(open);
    const [left, top] = [
      (box?.x ?? NaN) - (box?.width ?? NaN) / 2,
      (box?.y ?? NaN) - (box?.height ?? NaN) / 2,
    ];
    expect(hitTest(whole, left + 12, top + 12)).toEqual({ kind: 'group', id: open });
    for (const id of fold.facesOf(2)) {
      const { x, y } = whole.layout.nodes.get(id) ?? { x: NaN, y: NaN };
      expect(hitTest(whole, x, y)).toEqual({ kind: 'node', id: 2 });
    }
  });
});
