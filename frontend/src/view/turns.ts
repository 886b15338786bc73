/** Which iterations the ends of a node's edges are of, told where that tells them apart. Pure. */
import type { Iteration } from '../model';

/**
 * ", iteration 3" for each end, or nothing: where all that are of an iteration are of the same, and `own`, the node's,
 * is no other. What was made before a loop is of none, and tells nothing of the rest.
 */
export function turnNotes(turns: readonly (Iteration | null)[], own: Iteration | null): string[] {
  const known = new Set(turns.filter((turn) => turn !== null));
  const told = known.size > 1 || (own !== null && known.size === 1 && !known.has(own));
  return turns.map((turn) =>
    told && turn ? `, iteration ${turn.turns.map(({ number }) => number).join('.')}` : '',
  );
}
