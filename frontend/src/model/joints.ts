/**
 * Edges that are drawn as one, where an end of them is in a closed group: what came back along them, taken together. A
 * sum is told only where torch made one: where all that came back to one output of a node came along these edges.
 */
import { addsUp } from './additions';
import type { Model, ModelEdge, ModelValue } from './types';

/** What line and colour tell of a gradient, or of several together. */
export type Strength = Pick<ModelValue, 'norm' | 'sign' | 'finite' | 'nan'>;

export interface Joint {
  /** Those along which something came back in the pass under way, or else in the last that reached any. */
  readonly edges: readonly ModelEdge[];
  /** What came back along each. */
  readonly values: readonly ModelValue[];
  /** What they made together, where that is known. */
  readonly total: ModelValue | null;
  /** Of the total, or of the only one; or else of all as if they were the elements of one tensor. */
  readonly strength: Strength;
  /** Whether all this is of an earlier pass than the one under way. */
  readonly past: boolean;
}

/** Of each model the joints at one step, by the ids: who pans or zooms asks for all of them again in each frame. */
const found = new WeakMap<Model, { readonly step: number; readonly joints: Joints }>();

type Joints = WeakMap<readonly number[], Joint | null>;

/** Null where nothing came back along any of them up to a step. `ids` is not to change: what was found for it is kept. */
export function jointAt(model: Model, ids: readonly number[], step: number): Joint | null {
  const joints = jointsAt(model, step);
  const known = joints.get(ids);
  if (known !== undefined) return known;
  const joint = findJoint(model, ids, step);
  joints.set(ids, joint);
  return joint;
}

function jointsAt(model: Model, step: number): Joints {
  const kept = found.get(model);
  if (kept?.step === step) return kept.joints;
  const joints: Joints = new WeakMap();
  found.set(model, { step, joints });
  return joints;
}

function findJoint(model: Model, ids: readonly number[], step: number): Joint | null {
  const { edges, past } = ids.length === 1 ? alone(model, ids[0] ?? -1, step) : latest(model, ids, step);
  const values = edges.flatMap(({ id }) => model.edgeGradAt(id, step) ?? []);
  const [only] = values;
  if (only === undefined) return null;
  const total = values.length > 1 ? totalOf(model, edges, step) : null;
  return { edges, values, total, strength: total ?? (values.length > 1 ? together(values) : only), past };
}

/** The norm is that of all elements, where each has one; the sign that of all that have one. */
export function together(values: readonly ModelValue[]): Strength {
  const norms = values.flatMap(({ norm }) => norm ?? []);
  const signed = values.filter(({ norm }) => norm !== 0);
  const [first] = signed;
  return {
    norm: norms.length === values.length ? Math.hypot(...norms) : null,
    sign: first && signed.every(({ sign }) => sign === first.sign) ? first.sign : 0,
    finite: values.every(({ finite }) => finite),
    nan: values.some(({ nan }) => nan),
  };
}

function alone(model: Model, id: number, step: number): Pick<Joint, 'edges' | 'past'> {
  const edge = model.edges[id];
  return { edges: edge ? [edge] : [], past: model.isPast(id, step) };
}

/** What is left of different passes does not belong together. */
function latest(model: Model, ids: readonly number[], step: number): Pick<Joint, 'edges' | 'past'> {
  const known = ids.filter((id) => model.edgeGradAt(id, step) !== null);
  const current = known.filter((id) => !model.isPast(id, step));
  const passes = known.map((id) => model.steps[model.arrivedAt(id, step) ?? -1]?.pass ?? -1);
  const last = passes.reduce((most, pass) => Math.max(most, pass), -1);
  const kept = current.length > 0 ? current : known.filter((_, i) => passes[i] === last);
  return { edges: kept.flatMap((id) => model.edges[id] ?? []), past: current.length === 0 };
}

/** All that one output received in a turn, and the edges along which it came: those asked about, and others. */
export interface Whole {
  readonly total: ModelValue;
  readonly edges: readonly ModelEdge[];
}

/** What the one output received that they all lead back to; null where they do not, or where its parts do not make it. */
export function wholeOf(model: Model, edges: readonly ModelEdge[], step: number): Whole | null {
  const [first] = edges;
  if (!first || edges.some((edge) => edge.source !== first.source || edge.outputNr !== first.outputNr))
    return null;
  const turns = model.stepsOfNode(first.source).filter((index) => index <= step);
  const turn = turns.map((index) => model.steps[index]).findLast((each) => each?.kind === 'backward');
  const total = model.values[turn?.received ?? -1];
  if (!turn || !total) return null;
  const terms = model.contributionsAt(first.source, turn.index);
  const ways = (model.nodes[first.source]?.outgoing ?? [])
    .filter((id) => model.edgeGradAt(id, turn.index) !== null && !model.isPast(id, turn.index))
    .flatMap((id) => model.edges[id] ?? [])
    .filter(({ outputNr }) => outputNr === first.outputNr);
  const stays = edges.every(({ id }) => model.edgeGradAt(id, step) === model.edgeGradAt(id, turn.index));
  return stays && ways.length === terms.length && addsUp(terms, total) ? { total, edges: ways } : null;
}

/** What that output received, if that was these and nothing else. */
function totalOf(model: Model, edges: readonly ModelEdge[], step: number): ModelValue | null {
  const whole = wholeOf(model, edges, step);
  return whole?.edges.length === edges.length ? whole.total : null;
}
