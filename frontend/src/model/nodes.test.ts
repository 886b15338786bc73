import { expect, test } from 'vitest';
import { loadSample, modelOf } from '../fixtures/samples';
import { readNodes } from './nodes';
import type { DocumentNode } from './types';

const doc = loadSample('diamond');

function nameOf(kind: DocumentNode['kind'], label: string, names: string[]): string | null | undefined {
  const given = doc.nodes.map((node) => (node.id === 0 ? { ...node, kind, label, names } : node));
  return readNodes({ ...doc, nodes: given })[0]?.name;
}

test('a leaf or an input is called what the table of leaves calls it', () => {
  expect(nameOf('leaf', 'w', ['self.weight', 'w', 'best'])).toBe('w');
  expect(nameOf('leaf', 'layer.weight', ['layer.weight', 'p'])).toBe('layer.weight');
  expect(nameOf('input', 'x', ['x', 'batch'])).toBe('x');
  expect(nameOf('input', 'ones_like', [])).toBeNull();
});

test("an operation has its first name that is not an object's own", () => {
  expect(nameOf('op', 'mul', ['self.cache', 'y', 'z'])).toBe('y');
  expect(nameOf('op', 'mul', ['self.cache'])).toBe('self.cache');
  expect(nameOf('op', 'mul', [])).toBeNull();
});

function ofOutputs(...given: string[][]): ReturnType<typeof readNodes>[number] | undefined {
  const outputs = given.map((names) => ({ shape: [], dtype: 'float32', value: null, names }));
  const node = { kind: 'op' as const, label: 'split', names: given.flat(), outputs };
  return readNodes({
    ...doc,
    nodes: doc.nodes.map((each) => (each.id === 0 ? { ...each, ...node } : each)),
  })[0];
}

test('an operation with several outputs has the names of two of them, and each output its own', () => {
  expect(ofOutputs(['self.a', 'a'], ['b'])).toMatchObject({ name: 'a, b', parts: ['a', 'b'] });
  expect(ofOutputs(['_'], ['q'])).toMatchObject({ name: 'q', parts: ['', 'q'] });
  expect(ofOutputs(['a'], ['b'], ['c'])).toMatchObject({ name: 'a, …', parts: ['a', 'b', 'c'] });
  expect(ofOutputs([], [])).toMatchObject({ name: null, parts: ['', ''] });
});

test('outputs that have one name between them have it once, and one output alone is no part', () => {
  expect(ofOutputs(['x'], ['x'])).toMatchObject({ name: 'x', parts: ['x', 'x'] });
  expect(ofOutputs(['y'])).toMatchObject({ name: 'y', parts: [] });
});

test('a sentence calls each output by its own name', () => {
  const told = modelOf('in-place-errors').steps.map(({ sentence }) => sentence);
  expect(told).toContain('split takes exp ([2.718, 7.389]) and gives e[0] = 2.718 and e[1] = 7.389.');
  expect(told).toContain('add takes e[0] (2.718) and e[1] (7.389) and gives total = 10.11.');
});
