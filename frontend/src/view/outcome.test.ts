import { describe, expect, it, test } from 'vitest';

import { Refusal } from '../api/client';
import type { Document } from '../model';
import { outcomeOf, stands, stoppedText } from './outcome';

const document = {
  error: null,
  nodes: [{}],
  stopped: null,
  timing: { total: 3.14159 },
  torch_version: '2.13.0',
  seed: 0,
} as unknown as Document;
const run = {
  slow: false,
  status: 'ready' as const,
  refusal: null,
  document,
  fresh: true,
  expression: null,
};

test('what is wrong stands in full beside an expression, and under the line of a program', () => {
  expect(stands(null, 6)).toBe(true);
  expect(stands(null, null)).toBe(false);
  expect(stands({ expression: 'x', inputs: {} }, null)).toBe(true);
});

describe('outcomeOf', () => {
  it('says how a run went', () => {
    expect(outcomeOf(run)).toMatchObject({ problem: false, text: 'Ran in 3.1 ms · PyTorch 2.13.0 · seed 0' });
    const long = { ...document, timing: { total: 12_345 } } as Document;
    expect(outcomeOf({ ...run, document: long })).toMatchObject({
      text: 'Ran in 12.3 s · PyTorch 2.13.0 · seed 0',
    });
    expect(outcomeOf({ ...run, document: null })).toBeNull();
  });

  it('says that a program runs rather than how the one before it went', () => {
    expect(outcomeOf({ ...run, slow: true })?.text).toBe('Running…');
    const refusal = new Refusal('busy', 'Busy.', null);
    expect(outcomeOf({ ...run, slow: true, refusal })?.text).toBe('Running…');
  });

  it('says what a busy server and a stopped run mean', () => {
    expect(outcomeOf({ ...run, status: 'busy' })?.text).toMatch(/busy; trying again/);
    expect(outcomeOf({ ...run, status: 'cancelled' })).toMatchObject({ problem: false });
  });

  it('has an error’s type, its first sentence to be read aloud or where it stands nowhere else, and all of it', () => {
    const message = 'Sizes 2.5 and 3 differ. Hint: broadcast.\nIt goes on.';
    const error = { type: 'RuntimeError', message, line: 4 } as NonNullable<Document['error']>;
    const failed = { ...run, document: { ...document, error } };
    expect(outcomeOf(failed)).toEqual({
      problem: true,
      text: 'Line 4: RuntimeError',
      rest: ': Sizes 2.5 and 3 differ.',
      full: `Line 4: RuntimeError: ${message}`,
    });
    expect(outcomeOf({ ...failed, fresh: false })?.problem).toBe(false);
    const nowhere = { ...document, error: { ...error, line: null } };
    expect(outcomeOf({ ...run, document: nowhere })?.text).toBe('RuntimeError: Sizes 2.5 and 3 differ.');
  });

  it('puts a refusal before what the run before it left, and says where a run was stopped', () => {
    const stopped = { limit: 'cpu_seconds', value: 5, line: 1, message: 'It used its 5 seconds.' };
    const cut = { ...run, document: { ...document, stopped } };
    expect(outcomeOf(cut)?.text).toBe('Line 1: It used its 5 seconds.');
    expect(outcomeOf(cut)?.full).toBe('Line 1: It used its 5 seconds. The picture shows what came before.');
    expect(stoppedText(document, { ...stopped, limit: 'graph_nodes', message: 'It grew.' })).toBe(
      'It grew. The picture shows what came before, much of it in groups: press one to open it.',
    );
    expect(stoppedText({ nodes: [] }, stopped)).toBe('It used its 5 seconds.');
    const span = { line: 2, column: 0, endLine: null, endColumn: null };
    const refusal = new Refusal('syntax-error', 'Never closed.', span);
    expect(outcomeOf({ ...cut, refusal, status: 'refused' })?.text).toBe('Line 2: Never closed.');
    const expression = { expression: 'sin(x', inputs: {} };
    expect(outcomeOf({ ...cut, refusal, expression })?.text).toBe('Never closed.');
    expect(outcomeOf({ ...cut, expression })?.text).toBe('It used its 5 seconds.');
    expect(outcomeOf({ ...cut, status: 'unreachable' })?.text).toMatch(/^The server does not answer/);
  });
});
