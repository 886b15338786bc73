import { expect, test } from 'vitest';
import { loadSample } from '../fixtures/samples';
import { numbered } from './namesakes';
import { readNodes } from './nodes';
import type { ModelNode } from './types';

const [base] = readNodes(loadSample('scalar-chain'));
const doc = {
  ...loadSample('scalar-chain'),
  groups: [{ kind: 'cell' }, { kind: 'function' }] as unknown as ReturnType<typeof loadSample>['groups'],
};

/** Names of nodes of these names, lines and groups. */
function named(...all: readonly (readonly [string | null, number, number[]?, ModelNode['kind']?])[]) {
  const nodes = all.map(([name, line, groups = [], kind = 'op'], id) => {
    const place = { line, column: 0, endLine: line, endColumn: 1, source: 0 };
    return { ...(base as ModelNode), id, kind, name, place, groups };
  });
  return numbered(doc, nodes).map(({ name }) => name);
}

test('what is called the same at several places is numbered in their order', () => {
  expect(named(['y', 3], ['z', 4], ['y', 5])).toEqual(['y₁', 'z', 'y₂']);
});

test('turns of a loop at one place have one number, and none where it is the only place', () => {
  expect(named(['y', 3], ['y', 3])).toEqual(['y', 'y']);
  expect(named(['y', 1], ['y', 3], ['y', 3])).toEqual(['y₁', 'y₂', 'y₂']);
});

test('cells share their names, calls have their own', () => {
  expect(named(['y', 1, [0]], ['y', 2, []])).toEqual(['y₁', 'y₂']);
  expect(named(['y', 1, [0, 1]], ['y', 2, [0]])).toEqual(['y', 'y']);
});

test('a leaf is not taken for an operation, and parts tell whose they are', () => {
  expect(named(['x', 1, [], 'leaf'], ['x', 2])).toEqual(['x', 'x']);
  expect(named(['layer.weight', 1], ['layer.weight', 2], [null, 3])).toEqual([
    'layer.weight',
    'layer.weight',
    null,
  ]);
});
