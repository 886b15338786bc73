/** What the cells have printed at a step, and what they will print later. Pure. */
import { lastUpTo, type Document } from '../model';

interface Print {
  readonly step: number;
  /** How much of its cell's output is there once it is. */
  readonly end: number;
}

export interface Printed {
  readonly said: string;
  readonly later: string;
}

/** The prints of each cell, in order. */
export type Prints = ReadonlyMap<number, readonly Print[]>;

export function printsOf(events: Document['events']): Prints {
  const prints = new Map<number, Print[]>();
  for (const event of events) {
    if (event.kind !== 'print' || event.cell === null) continue;
    const own = prints.get(event.cell) ?? [];
    own.push({ step: event.index, end: (own.at(-1)?.end ?? 0) + event.text.length });
    prints.set(event.cell, own);
  }
  return prints;
}

/** All of it is said where the timeline does not tell how it came about. */
export function printedAt(
  { index, output }: Pick<Document['cells'][number], 'index' | 'output'>,
  prints: Prints,
  step: number,
): Printed {
  const own = prints.get(index) ?? [];
  const end = own.at(-1)?.end === output.length ? (lastUpTo(own, step)?.end ?? 0) : output.length;
  return { said: output.slice(0, end), later: output.slice(end) };
}
