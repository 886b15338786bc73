/** The better of several drawings of one graph: crossings and ways weigh alike, each beside the least of all. */

export interface Drawn {
  readonly crossings: number;
  readonly length: number;
  /** How far the links of the trunk go sideways. */
  readonly sway: number;
}

/** The first of the best; one of the others is taken only if it is better by `margin`, a share of either figure. */
export function leastOf<T extends Drawn>(found: readonly T[], margin = 0): T {
  const fewest = found.reduce((least, { crossings }) => Math.min(least, crossings), Infinity);
  const shortest = found.reduce((least, each) => Math.min(least, waysOf(each)), Infinity);
  const cost = (each: T): number => (each.crossings + 1) / (fewest + 1) + waysOf(each) / shortest;
  return found.reduce((best, each) => (cost(each) < cost(best) - margin ? each : best));
}

/** A trunk that goes aside makes a picture hard to read, so a share of its way aside counts once more. */
export function waysOf({ length, sway }: Drawn, share = 0.85): number {
  return length + share * sway;
}

export function shortestOf(found: readonly Drawn[]): number {
  return found.reduce((least, { length }) => Math.min(least, length), Infinity);
}
