import { describe, expect, test } from 'vitest';

import { loadSample, sampleNames } from '../fixtures/samples';
import { NotADocument, documentIn } from './check';

type Fields = Record<string, unknown>;

const SAMPLE = 'linear-mse-sgd';

/** The sample's Document with the value at a path replaced. */
function damaged(path: string, value: unknown): string {
  const document = loadSample(SAMPLE) as unknown as Fields;
  const names = path.split('.');
  const last = names.pop() ?? '';
  let owner = document;
  for (const name of names) owner = owner[name] as Fields;
  owner[last] = value;
  return JSON.stringify(document);
}

function refusal(text: string): string {
  try {
    documentIn(text);
  } catch (error) {
    if (error instanceof NotADocument) return error.message;
    throw error;
  }
  return 'taken';
}

describe('documentIn', () => {
  test.each(sampleNames)('takes the Document of %s as it is', (name) => {
    const document = loadSample(name);
    expect(documentIn(JSON.stringify(document))).toEqual(document);
  });

  test('says what it is that is no Document', () => {
    expect(refusal('{"values": [')).toMatch(/^This is no JSON: /);
    expect(refusal('[1, 2]')).toBe('This is JSON, but no Document of Backlight.');
    expect(refusal('null')).toBe('This is JSON, but no Document of Backlight.');
    expect(refusal('{"schema": "backlight/9"}')).toBe(
      'Its schema is "backlight/9". Documents of schema "backlight/1" can be opened here.',
    );
    expect(refusal('{}')).toMatch(/^Its schema is missing\./);
    expect(refusal(`{"schema": "${'x'.repeat(500)}"}`).length).toBeLessThan(150);
  });

  test('takes no other text for a number', () => {
    const at = loadSample(SAMPLE).values.findIndex(({ shape }) => shape.length === 0);
    for (const fine of ['NaN', 'Infinity', '-Infinity', '9007199254740993', { re: 1, im: 'NaN' }])
      expect(refusal(damaged(`values.${at}.data`, fine))).toBe('taken');
    expect(refusal(damaged(`values.${at}.data`, '<img src=x>'))).toBe(
      `This Document is damaged: values[${at}].data is "<img src=x>", not a number.`,
    );
  });

  test.each([
    [
      'edges.0.target',
      9999,
      /^This Document is damaged: edges\[0\]\.target is 9999, not one of the \d+ nodes\.$/,
    ],
    ['nodes.1.value', -1, /nodes\[1\]\.value is -1, not one of the \d+ values/],
    ['nodes.1.value', 0.5, /nodes\[1\]\.value/],
    ['nodes.0.label', { toString: 1 }, /nodes\[0\]\.label is .*, not a text/],
    ['nodes.0.kind', 'group', /nodes\[0\]\.kind is "group", not one of leaf, input, op/],
    ['nodes.1.id', 0, /nodes\[1\]\.id is 0, not 1/],
    ['nodes.0.end_line', 10 ** 12, /nodes\[0\]\.line is .*, not in the \d+ lines of its source/],
    ['nodes.0.line', -1, /nodes\[0\]\.line/],
    ['nodes.0.source', 1, /nodes\[0\]\.source is 1, not one of the 1 sources/],
    ['values.0.shape', [10 ** 6, 10 ** 6], /values\[0\]\.data is .*, not 1000000000000 elements/],
    ['values.0.shape', 'wide', /values\[0\]\.shape is "wide", not a list/],
    ['values.0.data', { re: {}, im: 0 }, /values\[0\]\.data is .*, not a number/],
    ['values.0.stats.mean', [], /values\[0\]\.stats\.mean/],
    ['values.0.picture', { rows: 2, columns: 2, cells: [[1, 2], [3]] }, /not 2 rows of 2 cells/],
    ['passes.0.steps.0.node', null, /passes\[0\]\.steps\[0\]\.node is null/],
    ['passes.0.steps.0.contributions.0.edge', 9999, /contributions\[0\]\.edge is 9999/],
    ['events.0.kind', 'explode', /events\[0\]\.kind is "explode"/],
    ['cells.0.output', 7, /cells\[0\]\.output is 7, not a text/],
    ['leaves.0.grad', '0', /leaves\[0\]\.grad is "0"/],
    ['nodes', {}, /nodes is \{\}, not a list/],
    ['timing', null, /timing is null, not an object/],
  ])('names the place where %s is wrong', (path, value, message) => {
    expect(refusal(damaged(path, value))).toMatch(message);
  });

  test('takes no event for a step that its pass does not have', () => {
    const { events } = loadSample(SAMPLE);
    const at = events.findIndex(({ kind }) => kind === 'backward');
    expect(refusal(damaged(`events.${at}.step`, 10 ** 9))).toMatch(/events\[\d+\]\.step is 1000000000/);
  });

  test('takes no group inside of itself', () => {
    expect(refusal(damaged('groups.0.parent', 0))).toMatch(/groups\[0\]\.parent is 0, not a group before it/);
  });
});
