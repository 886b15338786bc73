import { describe, expect, it } from 'vitest';

import { Refusal } from '../api/client';
import { problemsOf, remarksOf } from './problems';

type Run = Parameters<typeof problemsOf>[0];

const error = {
  type: 'ValueError',
  message: 'No.',
  line: 3,
  column: 1,
  end_line: 3,
  end_column: 4,
  source: 0,
};
const cell = { start_line: 1, end_line: 3, output: '', warnings: [], notes: [], error: null };
const run = (more: object) => ({ refusal: null, document: null, fresh: true, ...more }) as unknown as Run;
const ran = (cells: object[], source = '') => run({ document: { source, cells } });
const span = { line: 2, column: 4, endLine: null, endColumn: null };
const place = { line: 3, column: 1, endLine: 3, endColumn: 4 };

describe('problemsOf', () => {
  it('is what the server refused, at its place, and nothing else', () => {
    const refusal = new Refusal('syntax-error', 'Never closed.', span);
    expect(problemsOf({ ...ran([{ ...cell, error }]), refusal })).toEqual([
      { place: span, severity: 'error', message: 'Never closed.' },
    ]);
    expect(problemsOf(run({ refusal: new Refusal('busy', 'Busy.', null) }))).toEqual([]);
  });

  it('is what each cell raised, as long as the text is the one that ran', () => {
    const two = ran([
      { ...cell, error },
      { ...cell, error: { ...error, line: 5, end_line: 5 } },
    ]);
    expect(problemsOf(two)).toEqual([
      { place, severity: 'error', message: 'ValueError: No.' },
      { place: { ...place, line: 5, endLine: 5 }, severity: 'error', message: 'ValueError: No.' },
    ]);
    expect(problemsOf({ ...two, fresh: false })).toEqual([]);
    expect(problemsOf(ran([cell]))).toEqual([]);
  });

  it('is the limit that ended the run, at the line that reached it', () => {
    const stopped = { limit: 'graph_nodes', value: 2, line: 6, message: 'The graph grew beyond 2 nodes.' };
    const ended = run({ document: { source: '', cells: [cell], stopped } });
    const { message } = stopped;
    expect(problemsOf(ended)).toMatchObject([{ place: { line: 6 }, severity: 'error', message }]);
    expect(remarksOf(ended)).toEqual([{ line: 6, kind: 'error', text: message }]);
    expect(problemsOf(ended, 1)).toEqual([]);
    const nowhere = run({ document: { source: '', cells: [], stopped: { ...stopped, line: null } } });
    expect(problemsOf(nowhere)).toEqual([]);
  });

  it('says nothing of what was raised in another file, and of warnings where they came up', () => {
    expect(problemsOf(ran([{ ...cell, error: { ...error, source: 1 } }]))).toEqual([]);
    const warnings = [{ line: 2, message: 'Soon gone.' }];
    expect(problemsOf(ran([{ ...cell, warnings }]))).toMatchObject([
      { place: { line: 2 }, severity: 'warning', message: 'Soon gone.' },
    ]);
  });
});

describe('remarksOf', () => {
  it('puts an error under the line where it ends, without warnings', () => {
    const warnings = [{ line: 2, message: 'Soon gone.' }];
    expect(remarksOf(ran([{ ...cell, error, warnings }]))).toEqual([
      { line: 3, kind: 'error', text: 'ValueError: No.' },
    ]);
  });

  it('puts under each of several cells what it put out, after what is written in it', () => {
    const cells = [
      { ...cell, output: '1\n2\n' },
      { ...cell, start_line: 4, end_line: 5, output: '\n' },
    ];
    expect(remarksOf(ran(cells, 'print(1)\nprint(2)\n\n# %%\nprint()'))).toEqual([
      { line: 2, kind: 'output', text: '1\n2' },
    ]);
    expect(remarksOf(ran(cells.slice(0, 1), 'print(1)\nprint(2)'))).toEqual([]);
  });
});
