import { expect, test } from 'vitest';

import { modelOf, sampleNames } from '../fixtures/samples';
import { printedAt, printsOf } from './printed';

test('each print is said from its step on, and the rest of its cell is for later', () => {
  const model = modelOf('gallery-linear-regression');
  const prints = printsOf(model.document.events);
  const [, cell] = model.document.cells;
  if (!cell) throw new Error('it has no cell');
  const steps = model.steps.flatMap(({ kind, cell: of, index }) =>
    kind === 'print' && of === cell.index ? [index] : [],
  );
  expect(steps.length).toBeGreaterThan(1);
  for (const [i, step] of [-1, ...steps].entries()) {
    const { said, later } = printedAt(cell, prints, step);
    expect(said + later).toBe(cell.output);
    expect(said.split('\n').length - 1).toBe(i);
  }
});

test.each(sampleNames)('at the end all is said: %s', (name) => {
  const model = modelOf(name);
  const prints = printsOf(model.document.events);
  for (const cell of model.document.cells)
    expect(printedAt(cell, prints, model.steps.length - 1).later).toBe('');
});

test('where the timeline does not tell of all prints, all is said at once', () => {
  expect(printedAt({ index: 0, output: 'a\n' }, new Map(), -1)).toEqual({ said: 'a\n', later: '' });
  const prints = new Map([[0, [{ step: 3, end: 1 }]]]);
  expect(printedAt({ index: 0, output: 'a\n' }, prints, -1).later).toBe('');
});
