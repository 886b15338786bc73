/** Which lines a loop's body has: those below its header that are indented further, as Python has it. */
import type { Document } from './types';

/** Lines of a source, from the header to the last of the body. */
export interface Body {
  readonly source: number;
  readonly first: number;
  readonly last: number;
}

/** Null where the header's place is not known. */
export function bodyOf(doc: Document, loop: Document['groups'][number]): Body | null {
  if (loop.line === null) return null;
  const lines = doc.sources[loop.source]?.text.split('\n') ?? [];
  const depth = indentation(lines[loop.line - 1] ?? '');
  let last = loop.end_line ?? loop.line;
  for (let line = last; line < lines.length; line++) {
    const text = lines[line] ?? '';
    if (/^\s*(#|$)/.test(text)) continue;
    if (indentation(text) <= depth) break;
    last = line + 1;
  }
  return { source: loop.source, first: loop.line, last };
}

function indentation(text: string): number {
  return text.length - text.trimStart().length;
}
