/**
 * Where NaN and infinities begin: the first operation that finite values went into and something else came out of, and
 * the first such gradient. Judged as `record/nonfinite.py` judges while a program runs, from the Document alone: infinities
 * that the program gave on purpose (data, a constant, a mask) are no beginning, and neither is memory never written to.
 */
import type { Telling } from './sentences';
import type { TracedStep } from './steps';
import type { Beginning, Document, DocumentEvent } from './types';

type Kind = Beginning['kind'];

/** In order; of values and of gradients each the first NaN, and the first infinity where it is earlier than that. */
export function findBeginnings(doc: Document, told: Telling, traced: readonly TracedStep[]): Beginning[] {
  const found: Beginning[] = [];
  const spoilt = new Set<number>(); // leaves whose `.grad` is not finite
  for (const { step } of traced) {
    const event = doc.events[step.index];
    if (event === undefined || step.node === null) continue;
    const gradient = event.kind === 'backward' || event.kind === 'accumulate';
    const known = found.filter((each) => each.gradient === gradient).map(({ kind }) => kind);
    const began = known.includes('NaN') ? null : judge(doc, told, event, { flows: step.flows, spoilt });
    if (began !== null && !known.includes(began.kind)) {
      found.push({ ...began, step: step.index, node: step.node, gradient });
    }
    if (event.kind === 'accumulate' && faultOf(told, [event.after]) !== null) spoilt.add(event.node);
  }
  return found;
}

/** "the first NaN: finite in, NaN out", for a badge to say in full. */
export function beginningText({ kind, given, gradient }: Beginning): string {
  const what = gradient
    ? `the first gradient that is ${kind === 'NaN' ? 'NaN' : 'infinite'}`
    : `the first ${kind}`;
  if (given === null) return `${what}: it came in like that`;
  return `${what}: ${given === 'finite' ? 'finite' : 'infinities'} in, ${kind} out`;
}

/** The steps with what begins at each in its sentence. */
export function tellBeginnings(
  traced: readonly TracedStep[],
  beginnings: readonly Beginning[],
): TracedStep[] {
  return traced.map((each) => {
    const here = beginnings.filter(({ step }) => step === each.step.index);
    const told = here.map((beginning) => ` This is ${beginningText(beginning)}.`);
    return here.length === 0
      ? each
      : { ...each, step: { ...each.step, sentence: each.step.sentence + told.join('') } };
  });
}

interface Known {
  readonly flows: readonly { readonly edge: number; readonly value: number | null }[];
  readonly spoilt: ReadonlySet<number>;
}

type Judged = Pick<Beginning, 'kind' | 'given'>;

function judge(doc: Document, told: Telling, event: DocumentEvent, { flows, spoilt }: Known): Judged | null {
  switch (event.kind) {
    case 'forward':
      return judgeCall(
        doc,
        told,
        event,
        flows.map(({ value }) => value),
      );
    case 'update':
      return spoilt.has(event.node) ? null : turned(told, [event.before], [event.after]);
    case 'backward':
      return judgeTurn(doc, told, event);
    case 'accumulate':
      return turned(told, [event.before, event.added], [event.after]);
    default:
      return null;
  }
}

type Event<K> = Extract<DocumentEvent, { kind: K }>;
type Ids = readonly (number | null)[];

/** Data that is NaN begins here; infinite data is meant, and so is what an argument says. */
function judgeCall(doc: Document, told: Telling, event: Event<'forward'>, inputs: Ids): Judged | null {
  const node = doc.nodes[event.node];
  if (node === undefined) return null;
  if (node.kind !== 'op') return faultOf(told, event.values) === 'NaN' ? { kind: 'NaN', given: null } : null;
  const meant = Object.values(node.arguments).some((text) => INFINITE.test(text));
  const judged = turned(told, inputs, event.values);
  return meant && judged?.kind === 'infinity' ? null : judged;
}

const INFINITE = /\binf\b/;

/** A gradient begins to be wrong where it arrives (it was given, or a sum, or a hook made it) or where it is sent on. */
function judgeTurn(doc: Document, told: Telling, event: Event<'backward'>): Judged | null {
  const turn = doc.passes[event.pass_index]?.steps[event.step];
  if (turn === undefined) return null;
  const arrived = faultOf(told, turn.grad_outputs);
  const sent = turned(told, turn.grad_outputs, turn.grad_inputs);
  return sent ?? (arrived === null ? null : { kind: arrived, given: null });
}

/** What came out of what went in, where that is worse: infinities out of finite values, NaN out of either. */
function turned(told: Telling, before: Ids, after: Ids): Judged | null {
  const [was, is] = [faultOf(told, before), faultOf(told, after)];
  if (is === null || was === 'NaN' || was === is) return null;
  return { kind: is, given: was === null ? 'finite' : 'infinite' };
}

function faultOf(told: Telling, ids: Ids): Kind | null {
  const values = ids.flatMap((id) => (id === null ? [] : (told.values[id] ?? [])));
  if (values.some(({ nan }) => nan)) return 'NaN';
  return values.some(({ finite }) => !finite) ? 'infinity' : null;
}
