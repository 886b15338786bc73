/**
 * The pace of a whole timeline: what is new plays slowly enough to read, what repeats goes ever faster, and what no
 * graph shows is over at once. In: steps, iterations, and the nodes that are left out. Out: milliseconds for each step
 * at speed 1, at most three times `LONGEST` together.
 */
import type { Iteration, Model, Step } from '../model/types';
import { durationOf } from './durations';

/** Neither what stands outside of a loop, nor its first iteration, nor all the others take longer: in milliseconds. */
export const LONGEST = 60_000;

/** Of a step that nothing moves at: what only made parameters (`copy.deepcopy`) may take a hundred of them. */
const UNSEEN = 10;

export type Paced = Pick<Model, 'steps' | 'iterations'> & Partial<Pick<Model, 'leftOut'>>;

export function paceOf({ steps, iterations, leftOut }: Paced): number[] {
  const isSeen = ({ node }: Step): boolean => node === null || !leftOut?.has(node);
  const durations = steps.map((step) => (isSeen(step) ? durationOf(step) : UNSEEN));
  iterations.forEach((iteration) => scale(durations, iteration, 1 / (iteration.index + 1)));
  const turnOf = turnsBySteps(steps.length, iterations);
  const totals = [0, 0, 0];
  durations.forEach((duration, i) => (totals[turnOf[i] ?? 0] = (totals[turnOf[i] ?? 0] ?? 0) + duration));
  const shares = totals.map((total) => Math.min(1, LONGEST / total));
  return durations.map((duration, i) => duration * (shares[turnOf[i] ?? 0] ?? 1));
}

function scale(durations: number[], { first, last }: Iteration, share: number): void {
  for (let i = first; i <= last; i++) durations[i] = (durations[i] ?? 0) * share;
}

/** By step: 0 outside of the loop, 1 in its first iteration, 2 in a later one. */
function turnsBySteps(count: number, iterations: readonly Iteration[]): Uint8Array {
  const turns = new Uint8Array(count);
  for (const { index, first, last } of iterations) turns.fill(index === 0 ? 1 : 2, first, last + 1);
  return turns;
}
