/** Why a run left nothing to draw, and whether more lines would help. Pure. */
import type { Program } from '../state/program.svelte';

export interface Emptiness {
  readonly text: string;
  /** Lines after the program's own would be run, and drawn. */
  readonly open: boolean;
}

type Run = Pick<Program, 'document' | 'refusal' | 'expression'>;

const BEFORE = 'before a tensor took part in a computation';

/** An expression has no lines to name. */
export function emptinessOf({ document, refusal, expression }: Run): Emptiness {
  const what = expression ? 'expression' : 'program';
  const at = (line: number | null): string => (expression || line === null ? '' : ` in line ${line}`);
  if (refusal) return { text: `The ${what} cannot run as it stands.`, open: false };
  const { stopped } = document ?? {};
  if (stopped) {
    const advice = stopped.limit === 'cpu_seconds' ? ' Is there a loop that does not end?' : '';
    return { text: `The ${what} was stopped${at(stopped.line)}, ${BEFORE}.${advice}`, open: false };
  }
  const error = document?.cells.at(-1)?.error;
  if (error) return { text: `The ${what} failed${at(error.line)}, ${BEFORE}.`, open: false };
  return { text: 'No tensor takes part in a computation.', open: true };
}
