/** What is wrong with the program as it stands, and what its cells put out, where they stand in the text. Pure. */
import type { Problem } from '../interaction/assistance';
import type { PlaceLike } from '../interaction/places';
import type { Remark } from '../interaction/remarks';
import type { Document } from '../model';
import type { Program } from '../state/program.svelte';

type Run = Pick<Program, 'refusal' | 'document' | 'fresh'>;
type Cell = Document['cells'][number];

const PROGRAM = 0;

/** What the server refused; or else what each cell raised and was warned of: in one of the sources. */
export function problemsOf({ refusal, document, fresh }: Run, source = PROGRAM): Problem[] {
  if (refusal) {
    const { span, message } = refusal;
    return span ? [{ place: span, severity: 'error', message }] : [];
  }
  if (!fresh) return [];
  const own = source === PROGRAM;
  const warnings = own ? warningsOf : () => [];
  const raised = (document?.cells ?? []).flatMap((cell) => [...warnings(cell), ...errorOf(cell, source)]);
  return own ? [...raised, ...limitOf(document)] : raised;
}

/** The limit that ended the run, at the line that reached it. */
function limitOf(document: Document | null): Problem[] {
  const { line, message } = document?.stopped ?? { line: null, message: '' };
  return line === null ? [] : [{ place: onLine(line), severity: 'error', message }];
}

function onLine(line: number): PlaceLike {
  return { line, column: null, endLine: null, endColumn: null };
}

/** Under a line what is wrong there; under a cell, where there are several, what it put out. */
export function remarksOf(run: Run, source = PROGRAM): Remark[] {
  const errors = problemsOf(run, source)
    .filter(({ severity }) => severity === 'error')
    .map(({ place, message }): Remark => ({ line: lastLine(place), kind: 'error', text: message }));
  const { refusal, document, fresh } = run;
  if (refusal || !fresh || !document || document.cells.length < 2 || source !== PROGRAM) return errors;
  const lines = document.source.split('\n');
  const outputs = document.cells
    .filter(({ output }) => output.trim() !== '')
    .map((cell): Remark => ({ line: lastWritten(lines, cell), kind: 'output', text: cell.output.trimEnd() }));
  return [...errors, ...outputs];
}

function errorOf({ error }: Cell, source: number): Problem[] {
  if (!error || error.line === null || error.source !== source) return [];
  const { line, column, end_line: endLine, end_column: endColumn } = error;
  const message = error.message ? `${error.type}: ${error.message}` : error.type;
  return [{ place: { line, column, endLine, endColumn }, severity: 'error', message }];
}

function warningsOf({ warnings }: Cell): Problem[] {
  return warnings.flatMap(({ line, message }) =>
    line === null ? [] : [{ place: onLine(line), severity: 'warning', message }],
  );
}

function lastLine({ line, endLine }: PlaceLike): number {
  return Math.max(line, endLine ?? line);
}

function lastWritten(lines: readonly string[], { start_line: start, end_line: end }: Cell): number {
  const written = lines.slice(0, end).findLastIndex((line) => line.trim() !== '') + 1;
  return Math.max(written, start);
}
