/**
 * The server, as the page knows it. In: programs and names. Out: Documents and examples.
 * A refusal becomes a `Refusal`, a server that has no room now a `Busy`, one that cannot be reached an `Unreachable`;
 * an abort stays an AbortError.
 */
import { Series } from './series';
import type { components } from './types.gen';

export type { Series } from './series';
export type Document = components['schemas']['Document'];

export interface Span {
  readonly line: number;
  readonly column: number | null;
  readonly endLine: number | null;
  readonly endColumn: number | null;
}

export type ExampleEntry = components['schemas']['ExampleEntry'];
export type Example = components['schemas']['Example'];

/** The server said no, and why (RFC 9457). */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly span: Span | null,
  ) {
    super(message);
    this.name = 'Refusal';
  }
}

/**
 * The server has too much to do, or had too many requests from here: waiting helps. `share` is how many it takes from one
 * client in a second, where that was exceeded.
 */
export class Busy extends Error {
  constructor(
    message: string,
    readonly retrySeconds: number,
    readonly share: number | null,
  ) {
    super(message);
    this.name = 'Busy';
  }
}

/** No answer that is the server's own: it is down, restarting, or the network is. */
export class Unreachable extends Error {
  constructor(options?: ErrorOptions) {
    super('The server does not answer.', options);
    this.name = 'Unreachable';
  }
}

/** A number, or nested lists of numbers. */
export type Input = number | readonly Input[];

/** A program; or an expression with the inputs of its free names. */
export type Asked =
  string | { readonly expression: string; readonly inputs: Readonly<Record<string, Input>> };

const TRACE = '/api/v1/trace';

/** Requests that follow one another may be faster. */
export function beginSeries(): Series {
  return new Series(TRACE);
}

/**
 * Runs what is asked and gives the Document. `signal` takes the request back. The requests of a `series` may be served
 * by one process, which is faster; without it the process is a new one.
 */
export async function trace(
  asked: Asked,
  signal: AbortSignal,
  series: Series | null = null,
): Promise<Document> {
  const body = JSON.stringify(typeof asked === 'string' ? { source: asked } : asked);
  const told = series?.ask(body, signal);
  const answer = told ? await told : null;
  if (answer !== null) return read(answer);
  return ask<Document>(TRACE, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      ...(series !== null && { 'Backlight-Series': series.name }),
    },
    body,
    signal,
  });
}

/** What a series was answered with: a Document, or a problem, which alone has a status. */
function read(answer: string): Document {
  const told = parse(answer);
  if (!('status' in told)) return told;
  throw failure(told.status, told);
}

function parse(answer: string): Document | (Problem & { status: number }) {
  try {
    return JSON.parse(answer) as ReturnType<typeof parse>;
  } catch (error) {
    throw new Unreachable({ cause: error });
  }
}

/** The text of a document that lies on this server; not checked. */
export async function fetchDocument(address: string): Promise<string> {
  let response: Response;
  try {
    response = await fetch(address);
    if (response.ok) return await response.text();
  } catch (error) {
    throw new Unreachable({ cause: error });
  }
  throw await failureOf(response);
}

/** The gallery, in the order in which it is meant to be met. */
export function listExamples(): Promise<ExampleEntry[]> {
  return ask<ExampleEntry[]>('/api/v1/examples');
}

export function fetchExample(name: string): Promise<Example> {
  return ask<Example>(`/api/v1/examples/${encodeURIComponent(name)}`);
}

async function ask<T>(url: string, init?: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(url, init);
    if (response.ok) return (await response.json()) as T;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Unreachable({ cause: error });
  }
  throw await failureOf(response);
}

const WAITING_HELPS: readonly number[] = [429, 503];
const RETRY_SECONDS = 3;

type Problem = Readonly<Record<string, unknown>>;

async function failureOf(response: Response): Promise<Error> {
  if (!response.headers.get('Content-Type')?.includes('problem+json')) return new Unreachable();
  const problem = (await response.json()) as Problem;
  return failure(response.status, problem);
}

function failure(status: number, problem: Problem): Error {
  const detail = text(problem.detail);
  const message = detail ?? text(problem.title) ?? 'The server refused without a reason.';
  const share = problem.limit === 'rate_per_second' ? number(problem.value) : null;
  if (WAITING_HELPS.includes(status))
    return new Busy(message, number(problem.retry_seconds) ?? RETRY_SECONDS, share);
  return new Refusal(text(problem.code) ?? 'unknown', message, spanOf(problem));
}

function spanOf(problem: Problem): Span | null {
  const line = number(problem.line);
  if (line === null) return null;
  return {
    line,
    column: number(problem.column),
    endLine: number(problem.end_line),
    endColumn: number(problem.end_column),
  };
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const number = (value: unknown): number | null => (typeof value === 'number' ? value : null);
