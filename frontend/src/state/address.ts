/**
 * The part of the address after `#`: the program, compressed, and the step. Pure: text in, text out.
 * `p` is raw deflate of UTF-8, in base64url; `s` is the step, absent where playback should start by itself;
 * `e` is the example that the program is, if it is one. In place of a program stands an expression with its inputs, as
 * JSON, in `x`.
 */
import { deflateSync, inflateSync, strFromU8, strToU8 } from 'fflate';

import { isInput, type Ask } from './expression.svelte';

export interface Place {
  readonly source: string;
  readonly step: number | null;
  readonly example: string | null;
}

export function toHash({ source, step, example }: Place): string {
  const packed = toBase64Url(deflateSync(strToU8(source), { level: 9 }));
  return `#p=${packed}${example === null ? '' : `&e=${example}`}${step === null ? '' : `&s=${step}`}`;
}

/** The place that a hash names, or null where it names none (or was damaged on its way). */
export function fromHash(hash: string): Place | null {
  const fields = new URLSearchParams(hash.replace(/^#/, ''));
  const packed = fields.get('p');
  if (packed === null) return null;
  try {
    const source = strFromU8(inflateSync(fromBase64Url(packed)));
    return { source, step: stepOf(fields.get('s')), example: nameOf(fields.get('e')) };
  } catch {
    return null;
  }
}

/** A document on this server, by an address of its own, and the step; no address where it came by other ways. */
export interface DocumentPlace {
  readonly address: string | null;
  readonly step: number | null;
}

export function documentToHash({ address, step }: DocumentPlace): string {
  const at = step === null ? '' : `&s=${step}`;
  return `#document=${address === null ? '' : encodeURIComponent(address)}${at}`;
}

/** The document that a hash names; null where it names none, or one that is not this server's. */
export function documentFromHash(hash: string): DocumentPlace | null {
  const fields = new URLSearchParams(hash.replace(/^#/, ''));
  const address = fields.get('document');
  if (address === null || !/^\/(?![/\\])[\w./~%-]{1,400}$/.test(address)) return null;
  return { address, step: stepOf(fields.get('s')) };
}

export interface ExpressionPlace {
  readonly ask: Ask;
  readonly step: number | null;
}

export function expressionToHash({ ask, step }: ExpressionPlace): string {
  const packed = toBase64Url(deflateSync(strToU8(JSON.stringify(ask)), { level: 9 }));
  return `#x=${packed}${step === null ? '' : `&s=${step}`}`;
}

/** The expression that a hash names, or null where it names none. */
export function expressionFromHash(hash: string): ExpressionPlace | null {
  const fields = new URLSearchParams(hash.replace(/^#/, ''));
  const packed = fields.get('x');
  if (packed === null) return null;
  try {
    const { expression, inputs } = JSON.parse(strFromU8(inflateSync(fromBase64Url(packed)))) as Partial<Ask>;
    const given = Object.entries(inputs ?? {});
    if (typeof expression !== 'string' || !given.every(([, input]) => isInput(input))) return null;
    return { ask: { expression, inputs: Object.fromEntries(given) }, step: stepOf(fields.get('s')) };
  } catch {
    return null;
  }
}

function stepOf(text: string | null): number | null {
  return text !== null && /^-?\d{1,9}$/.test(text) ? Number(text) : null;
}

function nameOf(text: string | null): string | null {
  return text !== null && /^[\w-]{1,64}$/.test(text) ? text : null;
}

function toBase64Url(bytes: Uint8Array): string {
  return btoa(strFromU8(bytes, true)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function fromBase64Url(text: string): Uint8Array {
  return strToU8(atob(text.replaceAll('-', '+').replaceAll('_', '/')), true);
}
