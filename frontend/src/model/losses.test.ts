import { expect, test } from 'vitest';

import { readLosses } from './losses';
import type { Document, ModelNode, Step } from './types';

/** Twice: a loss of a leaf, its gradient, and a sum of that with a vector; a pass begins at the first and at the last. */
function run(name: string | null) {
  const [leaf, vector] = [
    { kind: 'leaf', requiresGrad: true, incoming: [] },
    { kind: 'input', requiresGrad: false, incoming: [] },
  ];
  const turn = (first: number) => [
    { kind: 'op', name: 'loss', label: 'pow', requiresGrad: true, incoming: [first] },
    { kind: 'op', name: 'g', label: 'mul', requiresGrad: true, incoming: [first + 1] },
    { kind: 'op', name, label: 'sum', requiresGrad: true, incoming: [first + 2, first + 3] },
  ];
  const nodes = [leaf, vector, ...turn(0), ...turn(4)].map((node, id) => ({
    name: null,
    label: '',
    ...node,
    id,
  }));
  const sources = [0, 0, 3, 1, 0, 0, 6, 1];
  const roots = [2, 4, 5, 7];
  const place = (line: number) => ({ source: 0, line, column: 0, end_line: line, end_column: 9 });
  const doc = {
    nodes: nodes.map(({ id }) => ({ value: 0, made_in: [3, 6].includes(id) ? 0 : null })),
    passes: roots.map((root, i) => ({ roots: [root], parent: null, ...place(i % 2) })),
  };
  const edges = sources.map((source, id) => ({ id, source }));
  const told = {
    nodes: nodes as unknown as ModelNode[],
    edges: edges as never,
    values: [{ id: 0, scalar: 1 }] as never,
  };
  const computed = nodes.map(({ id }) => ({ index: id }) as Step);
  return readLosses(doc as unknown as Document, told, computed).map((curve) => curve.name);
}

test('what is made of gradients alone and has no name is no loss beside one; with a name it is told by it', () => {
  expect(run(null)).toEqual(['loss']);
  expect(run('penalty')).toEqual(['loss', 'penalty']);
});
