/** How much of a group is done at a step: of its forward steps, and of its turns in the backward pass under way. */
import type { Group } from './folding';
import type { Model } from './types';

export interface Progress {
  readonly phase: 'forward' | 'backward';
  /** 0 to 1. */
  readonly share: number;
}

/** Indices of steps, ascending. */
interface Turns {
  readonly forward: readonly number[];
  readonly backward: ReadonlyMap<number, readonly number[]>;
}

const known = new WeakMap<Model, Map<number, Turns>>();

export function progressOf(model: Model, group: Group, step: number): Progress {
  const { forward, backward } = turnsOf(model, group);
  const pass = model.steps[step]?.pass ?? null;
  const turns = pass === null ? undefined : backward.get(pass);
  if (turns !== undefined) return { phase: 'backward', share: upTo(turns, step) / turns.length };
  return { phase: 'forward', share: forward.length === 0 ? 0 : upTo(forward, step) / forward.length };
}

function turnsOf(model: Model, group: Group): Turns {
  const ofModel = known.get(model) ?? new Map<number, Turns>();
  known.set(model, ofModel);
  const found = ofModel.get(group.id) ?? readTurns(model, new Set(group.members));
  ofModel.set(group.id, found);
  return found;
}

function readTurns(model: Model, members: ReadonlySet<number>): Turns {
  const forward: number[] = [];
  const backward = new Map<number, number[]>();
  const seen = new Set<number>();
  for (const { index, kind, node, pass } of model.steps) {
    if (node === null || !members.has(node)) continue;
    if (kind === 'forward' && !seen.has(node)) forward.push(index);
    seen.add(node);
    if (kind !== 'backward' || pass === null) continue;
    const turns = backward.get(pass);
    if (turns === undefined) backward.set(pass, [index]);
    else turns.push(index);
  }
  return { forward, backward };
}

/** How many of the ascending numbers are at most `most`. */
function upTo(numbers: readonly number[], most: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? Infinity) <= most) low = middle + 1;
    else high = middle;
  }
  return low;
}
