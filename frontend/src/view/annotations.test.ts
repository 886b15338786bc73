import { describe, expect, it } from 'vitest';

import { Refusal } from '../api/client';
import type { Model } from '../model';
import type { Program } from '../state/program.svelte';
import { marksAt, problemOf, resultsAt } from './annotations';

const place = (line: number, source = 0) => ({ line, column: 0, endLine: line, endColumn: 5, source });
const value = (text: string) => ({ text, data: Number(text), shape: [], shapeText: 'scalar float32' });
const model = {
  nodes: [
    { id: 0, name: 'x', place: place(1) },
    { id: 1, name: 'y', place: place(2) },
    { id: 2, name: null, place: place(2) },
    { id: 3, name: null, place: place(7, 1) },
    { id: 4, name: 'model.weight', place: place(4) },
    { id: 5, name: null, place: place(5) },
    { id: 6, name: null, place: place(5) },
  ],
  steps: [0, 1, 2, 3].map((node) => ({
    phase: 'forward',
    place: place(node === 0 ? 1 : node === 3 ? 7 : 2, node === 3 ? 1 : 0),
  })),
  document: { cells: [{ error: null }] },
  shownAt: () => ({ has: (node: number) => node !== 6 }),
  stepOfNode: (node: number) => node,
  valueAt: (node: number, step: number) => (node <= step ? value(String(node * 1.5)) : null),
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

describe('resultsAt', () => {
  const told = (step: number, of = model) => resultsAt(of, step).map(({ line, text }) => `${line}: ${text}`);

  it('gives each line the last value that got a name there, or else the last value', () => {
    expect(resultsAt(model, 0)).toEqual([{ line: 1, text: '0', exact: '0' }]);
    expect(told(5)).toEqual(['1: 0', '2: 1.5', '5: 7.5']);
  });

  it('waits until all of a line is computed, in the iteration that is shown', () => {
    expect(told(1)).toEqual(['1: 0']);
    expect(told(2)).toEqual(['1: 0', '2: 1.5']);
  });

  it('gives none for a line that raised', () => {
    const cells = [{ error: { end_line: 2 } }];
    expect(told(5, { ...model, document: { cells } } as unknown as Model)).toEqual(['1: 0', '5: 7.5']);
  });
});

describe('problemOf', () => {
  const error = {
    type: 'ValueError',
    message: 'No.',
    line: 3,
    column: 1,
    end_line: 3,
    end_column: 4,
    source: 0,
  };
  const program = (more: object) =>
    ({ refusal: null, document: null, fresh: true, ...more }) as unknown as Program;

  it('is what the server refused, at its place', () => {
    const span = { line: 2, column: 4, endLine: null, endColumn: null };
    const refusal = new Refusal('syntax-error', 'Never closed.', span);
    expect(problemOf(program({ refusal, document: { error } }))).toEqual({
      place: span,
      message: 'Never closed.',
    });
    expect(problemOf(program({ refusal: new Refusal('busy', 'Busy.', null) }))).toBeNull();
  });

  it('is what a cell raised, as long as the text is the one that ran', () => {
    expect(problemOf(program({ document: { error } }))).toEqual({
      place: { line: 3, column: 1, endLine: 3, endColumn: 4 },
      message: 'ValueError: No.',
    });
    expect(problemOf(program({ document: { error }, fresh: false }))).toBeNull();
    expect(problemOf(program({ document: { error: null } }))).toBeNull();
  });
});
