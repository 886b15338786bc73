/** Lists that are read aloud: under a pull, which changes their numbers many times a second, they wait for the hand to rest. */

/** Longer than between two answers of a pull that goes on. */
const RESTS_MS = 400;

/** Tells now, or once nothing has come for a while; what it gives takes that back. */
export function whenAtRest(pulled: boolean, tell: () => void): () => void {
  if (!pulled) tell();
  const timer = pulled ? setTimeout(tell, RESTS_MS) : undefined;
  return () => clearTimeout(timer);
}
