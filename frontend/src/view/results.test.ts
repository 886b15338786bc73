import { describe, expect, it } from 'vitest';

import { modelOf as sampleOf, sampleNames } from '../fixtures/samples';
import type { Document, Model } from '../model';
import { resultsAt, silentLines } from './results';

const place = (line: number, source = 0) => ({ line, column: 0, endLine: line, endColumn: 5, source });
const value = (text: string, more = {}) => ({
  text,
  scalar: Number(text),
  data: Number(text),
  shape: [],
  shapeText: 'scalar float32',
  stats: null,
  ...more,
});
const nodes = [
  { id: 0, kind: 'leaf', name: 'x', place: place(1) },
  { id: 1, kind: 'op', name: 'y', place: place(2) },
  { id: 2, kind: 'op', name: null, place: place(2) },
  { id: 3, kind: 'op', name: null, place: place(7, 1) },
  { id: 4, kind: 'leaf', name: 'model.weight', place: place(4) },
  { id: 5, kind: 'op', name: null, place: place(5) },
  { id: 6, kind: 'op', name: null, place: place(5) },
].map((node) => ({ ...node, parts: [] as string[] }));
const quiet = { source: '', cells: [{ error: null, notes: [] }], events: [] };

const modelOf = (document: object, more: object = {}) =>
  ({
    nodes,
    steps: [0, 1, 2, 3].map((node) => ({ place: nodes[node]?.place })),
    document: { ...quiet, ...document } as unknown as Document,
    shownAt: () => ({ has: (node: number) => node !== 6 }),
    stepOfNode: (node: number) => node,
    valueAt: (node: number, step: number) => (node <= step ? value(String(node * 1.5)) : null),
    gradAt: (_node: number, step: number) => (step >= 4 ? value('0.5') : null),
    ...more,
  }) as unknown as Model;

const model = modelOf({});
const told = (step: number, of = model) =>
  resultsAt(of, step).map((each) => `${each.line}: ${each.told.text}`);

describe('resultsAt', () => {
  it('gives each line the last value that got a name there, or else the last value', () => {
    expect(resultsAt(model, 0)).toEqual([
      { line: 1, kind: 'value', told: { text: '0', exact: '0' }, gradient: null },
    ]);
    expect(told(5)).toEqual(['1: 0', '2: 1.5', '5: 7.5']);
  });

  it('tells of several outputs all that have a name, or the first where there is no room', () => {
    const split = { ...nodes[1], name: 'top.a, top.b', parts: ['top.a', '', 'top.b'] };
    const outputs = [0, 1, 2].map((value) => ({ value }));
    const values = ['1', '2', '3'].map((text) => value(text));
    const several = modelOf({ nodes: [{}, { outputs }] }, { nodes: [nodes[0], split], values });
    const found = resultsAt(several, 1).find(({ line }) => line === 2);
    expect(found?.told).toEqual({ text: '1, 3', exact: '1, 3', shorter: ['1, …'] });
  });

  it('says nothing of what the parts of a module were made of', () => {
    const copied = { ...nodes[5], place: place(4) } as (typeof nodes)[number];
    const copies = nodes.map((node, i) => (i === 5 ? copied : node));
    expect(told(5, modelOf({}, { nodes: copies }))).toEqual(['1: 0', '2: 1.5']);
  });

  it('waits until all of a line is computed, in the iteration that is shown', () => {
    expect(told(1)).toEqual(['1: 0']);
    expect(told(2)).toEqual(['1: 0', '2: 1.5']);
  });

  it('gives a leaf its gradient, once it has one', () => {
    expect(resultsAt(model, 3).some(({ gradient }) => gradient)).toBe(false);
    expect(resultsAt(model, 4).flatMap(({ line, gradient }) => (gradient ? [line] : []))).toEqual([1]);
  });

  it('tells of a matrix its shape and where its elements lie', () => {
    const stats = { min: -1.2345, max: 12 };
    const matrix = value('2×3', { scalar: null, shape: [2, 3], data: null, stats });
    expect(told(0, modelOf({}, { valueAt: () => matrix }))[0]).toBe('1: 2×3  −1.2 … 12');
    const zeros = { ...matrix, stats: { min: 0, max: 0 } };
    expect(told(0, modelOf({}, { valueAt: () => zeros }))[0]).toBe('1: 2×3  all 0');
  });

  it('says all only of what is equal', () => {
    const stats = { min: 1.001, max: 1.004 };
    const matrix = value('2×3', { scalar: null, shape: [2, 3], data: null, stats });
    expect(told(0, modelOf({}, { valueAt: () => matrix }))[0]).toBe('1: 2×3  1.001 … 1.004');
  });

  it('says first what is not finite', () => {
    const of = (stats: object): string | undefined => {
      const matrix = value('2×3', { scalar: null, shape: [2, 3], data: null, stats });
      return told(0, modelOf({}, { valueAt: () => matrix }))[0];
    };
    expect(of({ min: 0, max: 0, nan: 3, inf: 0 })).toBe('1: 2×3  3 NaN, else 0');
    expect(of({ min: -3, max: 123456, nan: 0, inf: 1 })).toBe('1: 2×3  1 infinite, else −3 … 123456');
    expect(of({ min: null, max: null, nan: 5, inf: 1 })).toBe('1: 2×3  5 NaN, 1 infinite');
  });

  it('gives a line that prints what it printed last, up to the playhead', () => {
    const events = [{}, { kind: 'print', text: 'first\nof two\n' }, { kind: 'print', text: 'second' }];
    const printing = modelOf({ events });
    expect(told(1, printing)).toContain('2: first');
    expect(told(2, printing)).toContain('2: second');
  });

  it('says of a magic that it was left out, and nothing of cells of text', () => {
    const notes = [1, 3].map((line) => ({ line, message: 'No Python.' }));
    const cells = [{ error: null, notes }];
    const noted = modelOf({ source: '# %% [markdown]\n# so\n%timeit', cells });
    expect(resultsAt(noted, -1)).toEqual([
      { line: 3, kind: 'note', told: { text: 'left out', exact: 'No Python.' }, gradient: null },
    ]);
  });

  it('gives none for a line that raised', () => {
    expect(told(5, modelOf({ cells: [{ error: { end_line: 2, source: 0 }, notes: [] }] }))).toEqual([
      '1: 0',
      '5: 7.5',
    ]);
  });
});

describe('shorter texts', () => {
  const toldOf = (made: object) =>
    resultsAt(modelOf({}, { valueAt: () => value('0', made), gradAt: () => null }), 0)[0]?.told;

  it('have fewer digits, or only the shape', () => {
    const small = { text: '0.004496', scalar: 0.0044963, data: 0.0044963 };
    expect(toldOf(small)).toMatchObject({ shorter: ['0.0045', '.0045', '.004'] });
    const vector = { text: '[0.1235, 2]', scalar: null, data: [0.12345, 2], shape: [2] };
    const shorter = ['[0.123, 2]', '[0.12, 2]', '.12 2', '.1 2'];
    expect(toldOf(vector)).toMatchObject({ shorter, bare: '[2]' });
    const stats = { min: -1, max: 1, nan: 0, inf: 0 };
    const long = { text: '[12]', scalar: null, data: null, shape: [12], stats };
    expect(toldOf(long)).toMatchObject({ text: '[12]  −1 … 1', bare: '[12]' });
    expect(toldOf(long)?.shorter).toBeUndefined();
    const near = { ...long, stats: { ...stats, min: -0.25, max: 10.75 } };
    expect(toldOf(near)).toMatchObject({ text: '[12]  −0.25 … 11', shorter: ['[12]  −.25 … 11'] });
  });

  it('of a vector are its numbers, rounded, and then the first of them', () => {
    const of = (...data: unknown[]) =>
      toldOf({ text: '[−0.5949, 0.1190, 0.0238]', scalar: null, data, shape: [3] })?.shorter;
    expect(of(-0.59491, 0.119, 0.0238)).toEqual([
      '[−0.595, 0.119, 0.0238]',
      '[−0.59, 0.12, 0.024]',
      '−.59 .12 .024',
      '−.6 .1 .02',
      '−.6 .1 …',
      '−.59 …',
      '−.6 …',
    ]);
    expect(of(-37.5, 1234567.5, 3.4e-9)?.slice(2, 5)).toEqual(['−38 1e6 3e−9', '−38 1e6 …', '−38 …']);
    expect(of('NaN', '-Infinity', 0)?.at(1)).toBe('NaN −∞ 0');
    expect(of({ re: 0.5, im: 1 }, { re: 0, im: 2 })).toEqual(['[0.5 + 1i, 0 + 2i]']);
  });

  it('are not there where there is nothing to leave out', () => {
    expect(Object.keys(toldOf({ text: '3', scalar: 3, data: 3 }) ?? {})).toEqual(['text', 'exact']);
  });
});

it.each(sampleNames)('those lines are silent that have a result at no step: %s', (name) => {
  const sample = sampleOf(name);
  const silent = new Set(silentLines(sample));
  const telling = new Set(
    sample.steps.flatMap(({ index }) => resultsAt(sample, index).map(({ line }) => line)),
  );
  const count = sample.document.source.split('\n').length;
  for (let at = 1; at <= count; at++) expect([at, silent.has(at)]).toEqual([at, !telling.has(at)]);
});
