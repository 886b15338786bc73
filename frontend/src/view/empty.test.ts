import { expect, test } from 'vitest';

import { Refusal } from '../api/client';
import type { Document } from '../model';
import { emptinessOf } from './empty';

const document = { stopped: null, cells: [{ error: null }] } as unknown as Document;
const run = { document, refusal: null, expression: null };
const stoppedBy = (limit: string) =>
  ({ ...document, stopped: { limit, value: 5, line: 3, message: 'It used its 5.' } }) as Document;

test('a program without tensors is open to more lines', () => {
  expect(emptinessOf(run)).toEqual({ text: 'No tensor takes part in a computation.', open: true });
});

test('one that was stopped is not: it would not come to them', () => {
  expect(emptinessOf({ ...run, document: stoppedBy('cpu_seconds') })).toEqual({
    text: 'The program was stopped in line 3, before a tensor took part in a computation. Is there a loop that does not end?',
    open: false,
  });
  expect(emptinessOf({ ...run, document: stoppedBy('steps') }).text).toMatch(/computation\.$/);
});

test('nor is one whose last cell failed, or that was refused', () => {
  const error = { line: 2 } as NonNullable<Document['error']>;
  const failed = { ...document, cells: [{ error }] } as unknown as Document;
  expect(emptinessOf({ ...run, document: failed })).toEqual({
    text: 'The program failed in line 2, before a tensor took part in a computation.',
    open: false,
  });
  const expression = { expression: 'x', inputs: {} };
  expect(emptinessOf({ ...run, document: failed, expression }).text).toMatch(
    /^The expression failed, before/,
  );
  const passed = { ...document, cells: [{ error }, { error: null }] } as unknown as Document;
  expect(emptinessOf({ ...run, document: passed }).open).toBe(true);
  expect(emptinessOf({ ...run, refusal: new Refusal('syntax-error', 'No.', null) }).open).toBe(false);
});
