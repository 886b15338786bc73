/** What was written as a program and is an expression: one line whose names nobody gave a value. Pure. */
import type { Document } from '../model';
import { freeNames } from '../state/free-names';

/** `import torch` above it is what a careful writer adds; an expression has no use for it. */
const IMPORTS = /^\s*(?:import|from)\b.*$/gm;
const COMMENTS = /^\s*#.*$/gm;
/** `=` by itself outside of brackets binds a name. */
const BINDS = /^[^([{]*[^=!<>:([{]=(?!=)/;

/** The expression; null where it is none, or a program that got further. */
export function loneExpression(document: Pick<Document, 'source' | 'error'> | null): string | null {
  if (document?.error?.type !== 'NameError') return null;
  const text = document.source.replace(COMMENTS, '').replace(IMPORTS, '').trim();
  if (text === '' || text.includes('\n') || BINDS.test(text)) return null;
  return freeNames(text).length > 0 ? text : null;
}
