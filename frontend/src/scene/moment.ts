/** What is known, and how far what moves has come, at the playhead. */
import { jointAt, type Joint } from '../model';
import type { Beginning, ErrorChain, Model, ModelValue, Playhead, Step, StepKind } from '../model/types';

export interface Moment {
  /** The step in progress; null before the first. */
  readonly step: Step | null;
  readonly t: number;
  /** The last step whose result shows; -1 before the first. */
  readonly shown: number;
  /** How far its pulses are along their edges, 0 to 1. */
  readonly travelled: number;
  valueOf(node: number): ModelValue | null;
  gradOf(node: number): ModelValue | null;
  /** What came back along edges that are drawn as one. */
  jointOf(edges: readonly number[]): Joint | null;
  /** The nodes that are to blame for the errors so far. */
  readonly culprits: ReadonlySet<number>;
  /** The nodes that went into what has just failed. */
  readonly operands: ReadonlySet<number>;
  /** Where NaN and infinities began so far. */
  readonly beginnings: readonly Beginning[];
  /** How the errors so far came about. */
  readonly chains: readonly ErrorChain[];
}

/** When, within its step, a node's new number shows: forward ones on arrival, gradients before they travel on. */
const REVEAL: Readonly<Record<StepKind, number>> = {
  forward: 0.6,
  backward: 0.2,
  accumulate: 0.55,
  retain: 0.5,
  'grad-cleared': 0.5,
  'grad-changed': 0.5,
  update: 0.5,
  print: 0,
  warning: 0,
  error: 0,
};

const ARRIVED = 0.98;

export function momentAt(model: Model, { step: index, t }: Playhead): Moment {
  const step = model.steps[index] ?? null;
  const shown = step !== null && t >= REVEAL[step.kind] ? index : index - 1;
  const travelled = travelledAt(step, t);
  const landed = travelled >= ARRIVED ? index : index - 1;
  return {
    step,
    t,
    shown,
    travelled,
    valueOf: (node) => model.valueAt(node, shown),
    gradOf: (node) => model.gradAt(node, shown),
    jointOf: (edges) => jointAt(model, edges, landed),
    culprits: model.culpritsAt(shown),
    operands: model.operandsAt(shown),
    beginnings: model.beginnings.filter((each) => each.step <= shown),
    chains: model.chains.filter((each) => each.step <= shown),
  };
}

/** Equal for playheads between which nothing changes but what travels. */
export function beatOf(model: Model, playhead: Playhead): string {
  const { step, shown, travelled } = momentAt(model, playhead);
  return `${step?.index ?? 'none'} ${shown} ${travelled >= ARRIVED}`;
}

function travelledAt(step: Step | null, t: number): number {
  if (step?.phase === 'backward') return smooth((t - REVEAL.backward) / (1 - REVEAL.backward));
  return smooth(t / REVEAL.forward);
}

function smooth(t: number): number {
  const held = Math.min(1, Math.max(0, t));
  return held * held * (3 - 2 * held);
}
