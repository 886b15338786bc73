import { describe, expect, it } from 'vitest';

import type { Model } from '../model/types';
import { sameStructure } from './structure';

const node = { kind: 'op', op: 'MulBackward0', label: 'mul', name: 'y', shape: [2], groups: [] };
const edge = { source: 0, target: 1, inputNr: 0, differentiable: true };
const model = (node_: object = {}, edge_: object = {}) =>
  ({ nodes: [node, { ...node, ...node_ }], edges: [{ ...edge, ...edge_ }] }) as unknown as Model;

describe('sameStructure', () => {
  it('does not look at numbers', () => {
    expect(sameStructure(model({ value: 1 }), model({ value: 2 }))).toBe(true);
  });

  it('looks at all that is drawn otherwise', () => {
    for (const change of [
      { op: 'AddBackward0' },
      { label: 'add' },
      { name: 'z' },
      { shape: [3] },
      { groups: [1] },
    ]) {
      expect(sameStructure(model(), model(change))).toBe(false);
    }
    for (const change of [{ source: 1 }, { inputNr: 1 }, { differentiable: false }]) {
      expect(sameStructure(model(), model({}, change))).toBe(false);
    }
    expect(sameStructure(model(), { ...model(), edges: [] })).toBe(false);
  });
});
