/**
 * From the places of the contract (lines from 1, columns from 0 in code points) to offsets in the
 * editor's text (UTF-16), and back for a line. A place beyond the text is cut to it.
 */
import type { Text } from '@codemirror/state';

export interface PlaceLike {
  readonly line: number;
  readonly column: number | null;
  readonly endLine: number | null;
  readonly endColumn: number | null;
}

export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Where a place lies in `text`; a place without columns, or without extent, is the line's content. */
export function rangeOf(text: Text, place: PlaceLike): Range | null {
  if (place.line < 1 || place.line > text.lines) return null;
  const from = offsetOf(text, place.line, place.column ?? 0);
  const to = offsetOf(text, place.endLine ?? place.line, place.endColumn ?? place.column ?? 0);
  return to > from ? { from, to } : contentOf(text, place.line);
}

/** The offset of a column, counted in code points, of a line. */
export function offsetOf(text: Text, lineNumber: number, column: number): number {
  const line = text.line(Math.min(Math.max(lineNumber, 1), text.lines));
  return line.from + utf16Length(line.text, column);
}

function contentOf(text: Text, lineNumber: number): Range {
  const line = text.line(lineNumber);
  const indent = line.text.length - line.text.trimStart().length;
  return { from: line.from + (indent < line.length ? indent : 0), to: line.to };
}

function utf16Length(text: string, codePoints: number): number {
  let length = 0;
  for (const character of text) {
    if (codePoints-- <= 0) break;
    length += character.length;
  }
  return length;
}
