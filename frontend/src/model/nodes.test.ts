import { expect, test } from 'vitest';
import { loadSample } from '../fixtures/samples';
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
