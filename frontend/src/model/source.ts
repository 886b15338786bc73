/** Source text by place: columns count Unicode code points, not UTF-16 units. */
import type { Document, Place } from './types';

/** A function that gives the characters at a place; empty where there is no place or no such source. */
export function sourceReader(doc: Document): (place: Place | null) => string {
  const texts = doc.sources.length > 0 ? doc.sources.map((source) => source.text) : [doc.source];
  const linesOf = texts.map((text) => text.split('\n'));
  return (place) => (place === null ? '' : between(linesOf[place.source] ?? [], place));
}

function between(allLines: readonly string[], place: Place): string {
  const lines = allLines.slice(place.line - 1, place.endLine).map((line) => Array.from(line));
  const last = lines.length - 1;
  const cut = lines.map((line, i) =>
    line.slice(i === 0 ? place.column : 0, i === last ? place.endColumn : undefined).join(''),
  );
  return cut.join('\n');
}
