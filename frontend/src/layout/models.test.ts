import { describe, expect, test } from 'vitest';
import { ladder, recordedGraphs, recurrent } from '../fixtures/layouts';
import { drawingOf, measure, overlappingLabels } from '../fixtures/quality';
import { layout } from './layout';
import type { Layout, LayoutGraph } from './types';

const models = recordedGraphs(new URL('../fixtures/models.json', import.meta.url));

function labelsOf(found: Layout) {
  return [...found.edges.values()].flatMap(({ label }) => label ?? []);
}

/** The larger ones take long, and are in the benchmark. */
const MOST_EDGES = 130;

describe.each([...models].filter(([, { edges }]) => edges.length < MOST_EDGES))(
  'the graph of %s',
  (_, graph) => {
    test('lies with nothing on anything else, each layer after the one before', () => {
      const found = layout(graph, { direction: 'down' });
      const { overlaps, runsThrough } = measure(drawingOf(found));
      expect({ overlaps, runsThrough }).toEqual({ overlaps: 0, runsThrough: 0 });
      expect(overlappingLabels(labelsOf(found))).toBe(0);
      for (const { source, target } of found.edges.values())
        expect(found.nodes.get(source)?.y).toBeLessThan(found.nodes.get(target)?.y ?? NaN);
    });
  },
);

/** Where a node stands beside another. */
function beside(found: Layout, id: number, other: number): string {
  const [a, b] = [found.nodes.get(id), found.nodes.get(other)];
  return `${Math.round((a?.x ?? 0) - (b?.x ?? 0))}, ${Math.round((a?.y ?? 0) - (b?.y ?? 0))}`;
}

test('identical blocks are drawn identically', () => {
  const blocks = 6;
  const graph = ladder(blocks);
  const found = layout(graph, { direction: 'down' });
  const size = (graph.nodes.length - 2) / blocks;
  const drawn = Array.from({ length: blocks }, (_, block) =>
    Array.from({ length: size }, (_, i) => beside(found, 2 + block * size + i, 2 + block * size)),
  );
  for (const block of drawn) expect(block).toEqual(drawn[0]);
});

test('steps that are alike are drawn alike, and their trunk is straight', () => {
  const found = layout(recurrent(20, false), { direction: 'down' });
  expect(measure(drawingOf(found)).crossings).toBe(0);
  const states = Array.from({ length: 20 }, (_, step) => found.nodes.get(9 + 9 * step)?.x ?? NaN);
  expect(Math.max(...states) - Math.min(...states)).toBeLessThan(1);
});

test('the order in which edges are listed changes nothing', () => {
  const graph = models.get('unet') as LayoutGraph;
  const turned = { ...graph, edges: graph.edges.toReversed() };
  const [one, other] = [graph, turned].map((each) => layout(each, { direction: 'down' }));
  expect(other?.nodes).toEqual(one?.nodes);
});

test('parts that are not connected stand apart, alike ones alike', () => {
  const part = ladder(1);
  const shift = part.nodes.length;
  const twice = {
    nodes: [...part.nodes, ...part.nodes.map((node) => ({ ...node, id: node.id + shift }))],
    edges: [
      ...part.edges,
      ...part.edges.map((edge) => ({
        ...edge,
        id: edge.id + part.edges.length,
        source: edge.source + shift,
        target: edge.target + shift,
      })),
    ],
  };
  const found = layout(twice, { direction: 'down' });
  const apart = new Set(part.nodes.map(({ id }) => beside(found, id + shift, id)));
  expect(apart.size).toBe(1);
  expect(measure(drawingOf(found)).overlaps).toBe(0);
});
