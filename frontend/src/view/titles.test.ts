import { describe, expect, it } from 'vitest';

import type { ModelNode } from '../model';
import { nodeTitle, placeTitle, stepTitle } from './titles';

describe('titles', () => {
  it('counts steps from one, and says where there is none', () => {
    expect(stepTitle(13, 22)).toBe('step 14 of 22');
    expect(stepTitle(-1, 22)).toBe('before step 1 of 22');
    expect(stepTitle(-1, 0)).toBe('no steps');
  });

  it('calls a node by its name in the program where it has one', () => {
    const node = { kind: 'op', label: 'mul', name: null } as ModelNode;
    expect(nodeTitle(node)).toBe('mul');
    expect(nodeTitle({ ...node, name: 'y' })).toBe('y = mul');
    expect(nodeTitle({ ...node, kind: 'leaf', name: 'w' })).toBe('leaf w');
  });

  it('says which lines', () => {
    const place = { line: 3, column: 0, endLine: 3, endColumn: 4, source: 0 };
    expect(placeTitle(place)).toBe('line 3');
    expect(placeTitle({ ...place, endLine: 5 })).toBe('lines 3–5');
  });
});
