import { describe, expect, test } from 'vitest';
import { loadSample, modelOf, sampleNames } from '../fixtures/samples';
import { beginningText } from './beginnings';
import { buildModel } from './build';
import type { Document, Model } from './types';

function told({ beginnings, nodes }: Model): string[] {
  return beginnings.map((each) => `${nodes[each.node]?.label ?? ''}: ${beginningText(each)}`);
}

/** The sample with another value in one place. */
function changed(name: string, change: (doc: Document) => void): Model {
  const doc = structuredClone(loadSample(name));
  change(doc);
  return buildModel(doc);
}

/** Makes the value that a node gave all NaN, or infinite. */
function spoil(doc: Document, label: string, what: 'nan' | 'inf'): void {
  const id = doc.nodes.find((node) => node.label === label)?.value ?? -1;
  const value = doc.values[id];
  if (value?.stats == null) throw new Error(`no value of ${label}`);
  doc.values[id] = { ...value, stats: { ...value.stats, [what]: 1 } };
}

test('the first of each kind, forward and backward; masks of infinities are none', () => {
  expect(told(modelOf('nan-begins'))).toEqual([
    'log: the first infinity: finite in, infinity out',
    'mul: the first NaN: infinities in, NaN out',
    'sqrt: the first gradient that is infinite: finite in, infinity out',
    'log: the first gradient that is NaN: finite in, NaN out',
  ]);
});

test('its step says so', () => {
  const model = modelOf('nan-gradient');
  expect(told(model)).toEqual(['sqrt: the first gradient that is NaN: finite in, NaN out']);
  const sentences = model.steps.filter(({ sentence }) => sentence.includes('This is the first'));
  expect(sentences.map(({ kind, index }) => [kind, index])).toEqual([
    ['backward', model.beginnings[0]?.step],
  ]);
});

test.each(sampleNames.filter((name) => !name.startsWith('nan-')))('%s has none', (name) => {
  expect(told(modelOf(name))).toEqual([]);
});

describe('data that came in', () => {
  test('as NaN begins there', () => {
    const model = changed('nan-begins', (doc) => spoil(doc, 'full', 'nan'));
    expect(told(model)[0]).toBe('full: the first NaN: it came in like that');
  });

  test('as infinities is meant', () => {
    const model = changed('diamond', (doc) => spoil(doc, doc.nodes[0]?.label ?? '', 'inf'));
    expect(told(model)).toEqual([]);
  });
});

test('what a later operation makes of an earlier NaN is none', () => {
  const model = changed('nan-begins', (doc) => {
    for (const label of ['triu', 'add']) spoil(doc, label, 'nan');
  });
  expect(told(model).filter((text) => text.includes('the first NaN'))).toEqual([
    'triu: the first NaN: infinities in, NaN out',
  ]);
});
