/** The timeline: one step for each event of the Document, with what travels along which edge. */
import { readPlace } from './nodes';
import { sentenceOf, type Telling } from './sentences';
import type { Change, Document, DocumentEvent, Flow, Phase, Segment, Step, StepKind } from './types';

const PHASES: Readonly<Record<StepKind, Phase>> = {
  forward: 'forward',
  backward: 'backward',
  accumulate: 'backward',
  retain: 'backward',
  'grad-cleared': 'update',
  'grad-changed': 'update',
  update: 'update',
  print: 'other',
  warning: 'other',
  error: 'other',
};

/** A step with the id of the value that its node put out (forward). */
export interface TracedStep {
  readonly step: Step;
  readonly output: number | null;
}

export function readSteps(doc: Document, told: Telling): TracedStep[] {
  const current: (readonly (number | null)[])[] = doc.nodes.map(() => []);
  const arrived: Arrived = new Map();
  const unhooked = new Map<number, number | null>(); // by node, in its last backward step
  return doc.events.map((event, index) => {
    const flows = flowsOf(doc, told, event, current);
    const turn = turnOf(doc, event);
    const gradients = turn?.grad_outputs ?? [];
    const received = gradients.find((value) => value !== null) ?? null;
    const apart = gradients.filter((value) => value !== null).length > 1 ? gradients : [];
    const parts = partsOf(told, event, arrived);
    if (turn) unhooked.set(turn.node, beforeHooks(turn));
    const isBack = event.kind === 'accumulate' || event.kind === 'backward';
    const before = isBack ? (unhooked.get(event.node) ?? null) : null;
    if (event.kind === 'backward') note(arrived, flows, event.pass_index);
    if (event.kind === 'forward') current[event.node] = event.values;
    if (event.kind === 'update') current[event.node] = [event.after];
    const step: Step = {
      index,
      kind: event.kind,
      phase: PHASES[event.kind],
      node: 'node' in event ? event.node : null,
      edges: flows.map((flow) => flow.edge),
      flows,
      change: changeOf(event),
      place: readPlace(event),
      sentence: sentenceOf(told, event, { flows, received, apart, parts, unhooked: before }),
      pass: 'pass_index' in event ? event.pass_index : null,
      cell: event.cell,
      received,
    };
    return { step, output: event.kind === 'forward' ? (event.values[0] ?? null) : null };
  });
}

/** Runs of equal phase and pass; a print, warning or error stays in the run that it interrupts. */
export function readSegments(steps: readonly Step[]): Segment[] {
  const segments: Segment[] = [];
  for (const step of steps) {
    const last = segments.at(-1);
    const same = last !== undefined && last.phase === step.phase && last.pass === step.pass;
    if (last !== undefined && (same || step.phase === 'other')) {
      segments[segments.length - 1] = { ...last, last: step.index };
    } else {
      segments.push({ phase: step.phase, pass: step.pass, first: step.index, last: step.index });
    }
  }
  return segments;
}

/** By edge what last came back along it, and in which pass. */
type Arrived = Map<number, { readonly pass: number; readonly value: number | null }>;

function note(arrived: Arrived, flows: readonly Flow[], pass: number): void {
  for (const { edge, value } of flows) arrived.set(edge, { pass, value });
}

/** What adds up to the gradient that a node receives: along each edge out of its first output, in this pass. */
function partsOf({ nodes, edges }: Telling, event: DocumentEvent, arrived: Arrived): Flow[] {
  if (event.kind !== 'backward' && event.kind !== 'accumulate') return [];
  return (nodes[event.node]?.outgoing ?? []).flatMap((edge) => {
    const known = arrived.get(edge);
    const counts = known?.pass === event.pass_index && known.value !== null && edges[edge]?.outputNr === 0;
    return counts ? [{ edge, value: known.value }] : [];
  });
}

type Current = readonly (readonly (number | null)[])[];

function flowsOf(doc: Document, told: Telling, event: DocumentEvent, current: Current): Flow[] {
  if (event.kind === 'forward') {
    return (told.nodes[event.node]?.incoming ?? []).map((edge) => ({
      edge,
      value: carried(told, edge, current),
    }));
  }
  return (turnOf(doc, event)?.contributions ?? []).map(({ edge, value }) => ({ edge, value }));
}

function carried(told: Telling, id: number, current: Current): number | null {
  const edge = told.edges[id];
  if (edge === undefined) return null;
  const outputs = current[edge.source] ?? [];
  return outputs[edge.outputNr] ?? outputs[0] ?? null;
}

type Turn = Document['passes'][number]['steps'][number];

function turnOf(doc: Document, event: DocumentEvent): Turn | undefined {
  return event.kind === 'backward' ? doc.passes[event.pass_index]?.steps[event.step] : undefined;
}

/** What arrived at a node's first output before the program's hooks changed it; null where none did. */
function beforeHooks({ grad_outputs, hooked }: Turn): number | null {
  const slot = grad_outputs.findIndex((value) => value !== null);
  return hooked.find((change) => change.where === 'grad_outputs' && change.slot === slot)?.before ?? null;
}

function changeOf(event: DocumentEvent): Change | null {
  switch (event.kind) {
    case 'accumulate':
    case 'retain':
      return { before: event.before, added: event.added, after: event.after };
    case 'grad-cleared':
    case 'grad-changed':
    case 'update':
      return { before: event.before, added: null, after: event.after };
    default:
      return null;
  }
}
