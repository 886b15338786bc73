/** What was known when: for each key a list of (step, id), looked up by binary search. */

export interface History {
  /** The id recorded last at or before `step`; null where none was, or where it was taken away. */
  at(key: number, step: number): number | null;
}

export interface Moment {
  readonly key: number;
  readonly step: number;
  readonly value: number | null;
}

/** `moments` in the order of their steps; keys from 0 to `size` - 1. */
export function buildHistory(size: number, moments: readonly Moment[]): History {
  const lists: Moment[][] = Array.from({ length: size }, () => []);
  for (const moment of moments) lists[moment.key]?.push(moment);
  return { at: (key, step) => lastUpTo(lists[key] ?? [], step)?.value ?? null };
}

/** The last of what stands in the order of its steps that is at or before `step`, by binary search. */
export function lastUpTo<T extends { readonly step: number }>(
  moments: readonly T[],
  step: number,
): T | undefined {
  let low = 0;
  let high = moments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((moments[middle]?.step ?? Infinity) <= step) low = middle + 1;
    else high = middle;
  }
  return moments[low - 1];
}
