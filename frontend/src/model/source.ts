/** Source text by place: columns count Unicode code points, not UTF-16 units. */
import type { Document, Model, Place } from './types';

/** A function that gives the characters at a place; empty where there is no place or no such source. */
export function sourceReader(doc: Document): (place: Place | null) => string {
  const texts = doc.sources.length > 0 ? doc.sources.map((source) => source.text) : [doc.source];
  const linesOf = texts.map((text) => text.split('\n'));
  return (place) => (place === null ? '' : between(linesOf[place.source] ?? [], place));
}

/** The last statements of a program that was made of an expression: `y = sin(x)`, `y.backward()`. */
const MADE = /^(\w+) = (\(\n)?([^]*?)(?:\n\))?\n\1\.backward\(.*\)\n$/m;

/** Where the expression lies in the program that was made of it; null in a program that has none. */
export function placeOfExpression({ source }: Pick<Document, 'source'>): Place | null {
  const made = MADE.exec(source);
  if (made === null) return null;
  const [, result = '', bracket = '', written = ''] = made;
  const before = `${source.slice(0, made.index)}${result} = ${bracket}`;
  const [start, end] = [before, before + written].map((text) => text.split('\n'));
  return {
    line: start?.length ?? 0,
    column: Array.from(start?.at(-1) ?? '').length,
    endLine: end?.length ?? 0,
    endColumn: Array.from(end?.at(-1) ?? '').length,
    source: 0,
  };
}

/** "line 4"; of an expression its part that lies there, and nothing of what the program has around it. */
export function placeText(
  { document, expression }: Pick<Model, 'document' | 'expression'>,
  place: Place,
): string {
  if (expression !== null) return within(place, expression) ? sourceReader(document)(place) : '';
  return place.endLine > place.line ? `lines ${place.line}–${place.endLine}` : `line ${place.line}`;
}

/** Whether one place lies in another. */
export function within(inner: Place | null, outer: Place | null): boolean {
  if (inner === null || outer === null || inner.source !== outer.source) return false;
  const begins = inner.line > outer.line || (inner.line === outer.line && inner.column >= outer.column);
  const ends =
    inner.endLine < outer.endLine || (inner.endLine === outer.endLine && inner.endColumn <= outer.endColumn);
  return begins && ends;
}

function between(allLines: readonly string[], place: Place): string {
  const lines = allLines.slice(place.line - 1, place.endLine).map((line) => Array.from(line));
  const last = lines.length - 1;
  const cut = lines.map((line, i) =>
    line.slice(i === 0 ? place.column : 0, i === last ? place.endColumn : undefined).join(''),
  );
  return cut.join('\n');
}
