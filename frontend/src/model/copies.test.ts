import { expect, test } from 'vitest';
import { modelOf, sampleNames } from '../fixtures/samples';
import { findCopies } from './copies';
import { graphOf } from '../fixtures/graphs';
import type { ModelEdge, ModelNode } from './types';

/** The graph of these lines, with the edges of these ids cut by a copy and names for these nodes. */
function copied(
  lines: readonly string[],
  cuts: readonly number[],
  named: readonly number[] = [],
  name = 'n',
) {
  const { nodes, edges } = graphOf(lines);
  return {
    nodes: nodes.map((node): ModelNode => (named.includes(node.id) ? { ...node, names: [name] } : node)),
    edges: edges.map((edge): ModelEdge => (cuts.includes(edge.id) ? { ...edge, cut: 'copy' } : edge)),
  };
}

const LINES = ['leaf', 'plain 1 < 0', 'leaf 1 < 1', 'op 2 < 2'];

test('a copy that made a parameter, and what was copied where it has no name', () => {
  expect([...findCopies(copied(LINES, [0], [2]), [])].sort()).toEqual([0, 1]);
  expect([...findCopies(copied(LINES, [0], [0, 2]), [])]).toEqual([1]);
});

test('the parameters of a module that only was copied', () => {
  expect([...findCopies(copied(LINES, [0], [0], 'layer.weight'), [])].sort()).toEqual([0, 1]);
  expect([...findCopies(copied([...LINES, 'op 3 < 0'], [0], [0], 'layer.weight'), [])]).toEqual([1]);
});

test('not what something else uses, nor what is no copy', () => {
  expect([...findCopies(copied([...LINES, 'op 3 < 1'], [0], [2]), [])]).toEqual([]);
  expect([...findCopies(copied(LINES, [], [2]), [])]).toEqual([]);
});

test.each(sampleNames)('%s has none', (name) => {
  expect(modelOf(name).copies).toBe(0);
});
