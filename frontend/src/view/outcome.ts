/** How the latest run went, in one line, and what went wrong in full. Pure. */
import type { Document } from '../model';
import type { Program } from '../state/program.svelte';
import { lineTitle } from './titles';

export interface Outcome {
  readonly problem: boolean;
  /** For the status line: what a limit or refusal says, an error's type. */
  readonly text: string;
  /** What is read aloud after it: the error's first sentence, which stands beside the program in full. */
  readonly rest?: string;
  /** All of it. */
  readonly full: string;
}

export type Stopped = NonNullable<Document['stopped']>;
type Run = Pick<Program, 'slow' | 'status' | 'refusal' | 'document' | 'fresh' | 'expression'>;

const UNREACHABLE: Outcome = {
  problem: true,
  text: 'The server does not answer. Your program is kept.',
  full: 'The server does not answer. Your program is kept; this page tries again by itself.',
};

const BUSY: Outcome = {
  problem: true,
  text: 'The server is busy; trying again in a moment.',
  full: 'The server has too many programs to run. Your program is kept; this page tries again by itself.',
};

const CANCELLED: Outcome = {
  problem: false,
  text: 'Stopped. Ctrl-Enter runs it again.',
  full: 'You stopped this run. Ctrl-Enter, or any change, runs the program again.',
};

/** Null as long as there is nothing to say. An expression has no lines to name. */
export function outcomeOf({ slow, status, refusal, document, fresh, expression }: Run): Outcome | null {
  const at = (line: number | null | undefined): string => lineTitle(expression ? null : (line ?? null));
  if (status === 'unreachable') return UNREACHABLE;
  if (status === 'busy') return BUSY;
  if (status === 'cancelled') return CANCELLED;
  if (slow) return { problem: false, text: 'Running…', full: 'Running…' };
  if (refusal) return problem(`${at(refusal.span?.line)}${refusal.message}`);
  if (fresh && document?.error) {
    const { line, type, message } = document.error;
    const start = `${at(line)}${type}`;
    const sentence = `: ${firstSentence(message)}`;
    const told = stands(expression, line) ? { text: start, rest: sentence } : { text: start + sentence };
    return { problem: true, ...told, full: `${start}: ${message}` };
  }
  if (fresh && document?.stopped) {
    const { line, message } = document.stopped;
    return { ...problem(at(line) + message), full: at(line) + stoppedText(document, document.stopped) };
  }
  return document && success(document);
}

/** A limit that ended the run, and that the picture is what came before it, also where it seems to be next to nothing; there is none where nothing did. */
export function stoppedText({ nodes }: Pick<Document, 'nodes'>, { limit, message }: Stopped): string {
  if (nodes.length === 0) return message;
  const folded = limit === 'graph_nodes' ? ', much of it in groups: press one to open it' : '';
  return `${message} The picture shows what came before${folded}.`;
}

/** Whether what is wrong stands in full beside the text: an expression has it below its field, a program under the line. */
export function stands(expression: Program['expression'], line: number | null | undefined): boolean {
  return expression !== null || line != null;
}

function problem(text: string): Outcome {
  return { problem: true, text, full: text };
}

function success({ timing, torch_version, seed }: Document): Outcome {
  const text = `Ran in ${durationOf(timing.total)} · PyTorch ${torch_version} · seed ${seed}`;
  return { problem: false, text, full: text };
}

function durationOf(ms: number): string {
  return ms < 1000 ? `${ms.toFixed(1)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function firstSentence(message: string): string {
  const line = message.split('\n')[0] ?? '';
  return /^.*?[.!?](?= )/.exec(line)?.[0] ?? line;
}
