import { describe, expect, it } from 'vitest';

import type { Model } from '../model';
import { marksAt } from './annotations';

const place = (line: number, source = 0) => ({ line, column: 0, endLine: line, endColumn: 5, source });
const model = {
  nodes: [{ place: place(1) }, { place: place(2) }, { place: place(2) }, { place: place(7, 1) }],
  steps: [0, 1, 2, 3].map((node) => ({
    phase: 'forward',
    place: place(node === 0 ? 1 : node === 3 ? 7 : 2, node === 3 ? 1 : 0),
  })),
} as unknown as Model;

describe('marksAt', () => {
  it('marks the expression at the playhead and the one that made the selection', () => {
    expect(marksAt(model, 0, 2)).toEqual([
      { place: place(1), kind: 'forward' },
      { place: place(2), kind: 'chosen' },
    ]);
    expect(marksAt(model, -1, null)).toEqual([]);
  });

  it('marks nothing that lies in another file', () => {
    expect(marksAt(model, 3, 3)).toEqual([]);
  });
});
