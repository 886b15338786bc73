/** Document in, Model out: everything indexed once, so that looking up while playing costs next to nothing. */
import { findBeginnings, tellBeginnings } from './beginnings';
import { findCopies } from './copies';
import { findCulprits, findOperands, lineKey, nodesByLine } from './culprits';
import { findEpisodes } from './episodes';
import { buildHistory, type History, type Moment } from './history';
import { findChains, tellChains } from './inplace';
import { readIterations } from './iterations';
import { readLosses } from './losses';
import { readEdges, readNodes } from './nodes';
import { readShown } from './shown';
import { placeOfExpression } from './source';
import { readSegments, readSteps, type TracedStep } from './steps';
import type { Document, DocumentPass, Model, ModelNode, ModelValue, Step, StepKind } from './types';
import { readValue } from './values';

/** Copies that nothing uses are shown where that is asked for; of a program that an expression stands for, its places alone. */
export function buildModel(doc: Document, withCopies = false, expressed = false): Model {
  const expression = expressed ? placeOfExpression(doc) : null;
  const told = { nodes: readNodes(doc), edges: readEdges(doc), values: doc.values.map(readValue) };
  const { traced, beginnings, chains } = readTimeline({ document: doc, expression }, told);
  const steps = traced.map(({ step }) => step);
  const concerned = stepsByNode(told.nodes.length, steps);
  const byLine = nodesByLine(told.nodes);
  const copies = findCopies(told, steps);
  const leftOut = withCopies ? new Set<number>() : copies;
  const shown = readShown(told, steps, findEpisodes(told, steps), leftOut);
  return {
    document: doc,
    expression,
    ...told,
    steps,
    segments: readSegments(steps),
    iterations: readIterations(doc),
    losses: readLosses(
      doc,
      told,
      concerned.map((own) => steps[own[0] ?? -1]),
    ),
    beginnings,
    copies: copies.size,
    withCopies,
    leftOut,
    chains,
    culpritsAt: findCulprits(doc, { steps, chains }),
    operandsAt: findOperands(doc, told.nodes, { steps, chains }),
    ...readMoments(told, traced, doc.passes),
    ...shown,
    nodesOfLine: (line, seen, source = 0) => {
      const made = byLine.get(lineKey(source, line)) ?? [];
      const here = made.filter((node) => seen?.has(node));
      return here.length > 0 ? here : made;
    },
    stepOfNode: (node) => concerned[node]?.[0] ?? null,
    stepsOfNode: (node) => concerned[node] ?? [],
  };
}

/** The steps, with what begins at each and how its error came about in their sentences. */
function readTimeline(written: Written, told: Told) {
  const doc = written.document;
  const read = readSteps(doc, told);
  const beginnings = findBeginnings(doc, told, read);
  const steps = read.map(({ step }) => step);
  const chains = findChains(written, told, steps);
  return { beginnings, chains, traced: tellChains(doc, tellBeginnings(read, beginnings), chains) };
}

type Written = Pick<Model, 'document' | 'expression'>;
type Told = Pick<Model, 'nodes' | 'edges' | 'values'>;
type Moments = Pick<Model, 'valueAt' | 'gradAt' | 'edgeGradAt' | 'arrivedAt' | 'isPast' | 'contributionsAt'>;

/** What is known of nodes and edges at each step. */
function readMoments(told: Told, traced: readonly TracedStep[], passes: readonly DocumentPass[]): Moments {
  const values = buildHistory(told.nodes.length, traced.flatMap(valueMoments));
  const gradients = buildHistory(
    told.nodes.length,
    traced.flatMap((turn) => gradientMoments(told.nodes, turn)),
  );
  const contributions = buildHistory(told.edges.length, traced.flatMap(contributionMoments));
  const arrivals = buildHistory(told.edges.length, traced.flatMap(arrivalMoments));
  const lookUp = (history: History) => (key: number, step: number) =>
    valueOf(told.values, history.at(key, step));
  const begun = buildHistory(1, traced.flatMap(passMoments));
  const passOf = (step: number | null): number | null | undefined => traced[step ?? -1]?.step.pass;
  return {
    valueAt: lookUp(values),
    gradAt: lookUp(gradients),
    edgeGradAt: lookUp(contributions),
    arrivedAt: (edge, step) => arrivals.at(edge, step),
    isPast: (edge, step) => {
      const arrived = passOf(arrivals.at(edge, step)) ?? null;
      return (
        arrived !== null && outermost(passes, arrived) !== outermost(passes, begun.at(0, step) ?? arrived)
      );
    },
    contributionsAt: (node, step) =>
      (told.nodes[node]?.outgoing ?? []).flatMap((edge) => {
        const arrived = arrivals.at(edge, step);
        if (arrived === null || passOf(arrived) !== passOf(step)) return [];
        return valueOf(told.values, contributions.at(edge, step)) ?? [];
      }),
  };
}

function valueOf(values: readonly ModelValue[], id: number | null): ModelValue | null {
  return id === null ? null : (values[id] ?? null);
}

function valueMoments({ step, output }: TracedStep): Moment[] {
  if (step.node === null) return [];
  if (step.kind === 'forward') return [{ key: step.node, step: step.index, value: output }];
  if (step.kind === 'update')
    return [{ key: step.node, step: step.index, value: step.change?.after ?? null }];
  return [];
}

const CHANGES_GRAD: ReadonlySet<StepKind> = new Set(['accumulate', 'grad-cleared', 'grad-changed']);

/** A leaf's gradient is its `.grad`: what the engine hands it in one pass does not count until it is accumulated. */
function gradientMoments(nodes: readonly ModelNode[], { step }: TracedStep): Moment[] {
  if (step.node === null) return [];
  if (step.kind === 'backward' && nodes[step.node]?.kind !== 'leaf') {
    return [{ key: step.node, step: step.index, value: step.received }];
  }
  if (CHANGES_GRAD.has(step.kind)) {
    return [{ key: step.node, step: step.index, value: step.change?.after ?? null }];
  }
  return [];
}

function contributionMoments({ step }: TracedStep): Moment[] {
  if (step.kind !== 'backward') return [];
  return step.flows.map((flow) => ({ key: flow.edge, step: step.index, value: flow.value }));
}

/** When something last came back along an edge: the step itself in place of a value. */
function arrivalMoments({ step }: TracedStep): Moment[] {
  if (step.kind !== 'backward') return [];
  return step.flows.map((flow) => ({ key: flow.edge, step: step.index, value: step.index }));
}

function passMoments({ step }: TracedStep): Moment[] {
  return step.pass === null ? [] : [{ key: 0, step: step.index, value: step.pass }];
}

/** A pass that runs inside another one is part of it. */
function outermost(passes: readonly DocumentPass[], pass: number): number {
  const parent = passes[pass]?.parent ?? null;
  return parent === null ? pass : outermost(passes, parent);
}

function stepsByNode(count: number, steps: readonly Step[]): number[][] {
  const lists: number[][] = Array.from({ length: count }, () => []);
  for (const { index, node } of steps) if (node !== null) lists[node]?.push(index);
  return lists;
}
