import { describe, expect, it } from 'vitest';

import { Refusal } from '../api/client';
import type { Model } from '../model';
import { exampleInputs, expressionMarks, expressionProblems, whatIsWrong } from './expressions';

const source = 'import torch\n\nx = torch.tensor(1.0, requires_grad=True)\ny = sin(x**2)\ny.backward()\n';
const at = (line: number, column: number, endColumn: number) => ({
  ...{ line, column, endLine: line, endColumn, source: 0 },
});
const model = {
  document: { source },
  nodes: [{ place: at(4, 8, 12) }],
  steps: [
    { phase: 'forward', place: at(3, 4, 41) },
    { phase: 'forward', place: at(4, 8, 12) },
  ],
} as unknown as Model;

describe('expressionMarks', () => {
  it('marks in the expression what was computed of it, and nothing else', () => {
    expect(expressionMarks('sin(x**2)', model, 0, null)).toEqual([]);
    expect(expressionMarks('sin(x**2)', model, 1, null)).toEqual([
      { kind: 'forward', place: { line: 1, column: 4, endLine: 1, endColumn: 8 } },
    ]);
    expect(expressionMarks('  sin(x**2)', model, 1, 0).at(-1)).toMatchObject({
      kind: 'chosen',
      place: { column: 6, endColumn: 10 },
    });
  });
});

describe('expressionProblems', () => {
  const error = {
    type: 'TypeError',
    message: 'No.',
    line: 4,
    column: 4,
    end_line: 4,
    end_column: 13,
    source: 0,
  };
  const document = { source, cells: [{ error, warnings: [] }], error };
  const run = (more: object) =>
    ({ refusal: null, document, fresh: true, ...more }) as unknown as Parameters<typeof whatIsWrong>[0];

  it('moves what was raised to its place in the expression', () => {
    expect(expressionProblems('sin(x**2)', run({}))).toMatchObject([
      { place: { line: 1, column: 0, endColumn: 9 } },
    ]);
    expect(whatIsWrong(run({}))).toBe('TypeError: No.');
    const after = { ...error, line: 5 };
    expect(whatIsWrong(run({ document: { ...document, error: after } }))).toBe(
      'No gradient can begin at what this comes to. TypeError: No.',
    );
  });

  it('leaves a refusal where it is', () => {
    const span = { line: 1, column: 3, endLine: 1, endColumn: 4 };
    const refused = run({ refusal: new Refusal('syntax-error', 'Never closed.', span) });
    expect(expressionProblems('sin(', refused)).toMatchObject([{ place: span }]);
    expect(whatIsWrong(refused)).toBe('Never closed.');
  });
});

describe('exampleInputs', () => {
  it('reads the inputs that a message gives as an example', () => {
    const message = 'Give inputs, for example {"A": [[1.0, 2.0]], "b": 1.0}.';
    expect(exampleInputs(message)).toEqual({ A: [[1, 2]], b: 1 });
    expect(exampleInputs('For example {so}.')).toBeNull();
    expect(exampleInputs('Nothing.')).toBeNull();
    expect(exampleInputs(null)).toBeNull();
  });
});
