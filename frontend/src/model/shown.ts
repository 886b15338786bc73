/** What the stage shows at a step: the iteration in progress, that is one episode of each series, and what it uses. */
import type { Episode, Episodes } from './episodes';
import { buildHistory, type History, type Moment } from './history';
import type { Model, ModelEdge, ModelNode, Shown, Step } from './types';

interface Graph {
  readonly nodes: readonly ModelNode[];
  readonly edges: readonly ModelEdge[];
}

export function readShown(
  graph: Graph,
  steps: readonly Step[],
  { series, turns }: Episodes,
  leftOut: ReadonlySet<number> = new Set(),
): Pick<Model, 'shownAt' | 'counterpart'> {
  const iterations = countIterations({ series, turns });
  const inProgress = iterationsBySteps(steps, { series, turns }, iterations);
  const latest = latestEpisodes(iterations);
  const currentOf = (i: number, iteration: number): Episode =>
    series[i]?.[latest.at(i, iteration) ?? 0] ?? [];
  const alone = series.every((alike) => alike.length === 1);
  const remembered = new Map<number, Shown>();
  const shownAt = (step: number): Shown => {
    const iteration = inProgress.at(0, step) ?? 0;
    const known = remembered.get(iteration);
    if (known !== undefined) return known;
    const current = series.map((_, i) => currentOf(i, iteration));
    const nodes = alone ? graph.nodes.map(({ id }) => id) : reached(graph, turns, current);
    const key = `${current.map(([first]) => first).join()}${leftOut.size > 0 ? ' in part' : ''}`;
    const seen = nodes.filter((id) => !leftOut.has(id));
    const shown = shownOf(key, seen);
    remembered.set(iteration, shown);
    return shown;
  };
  const counterpart = (node: number, step: number): number | null => {
    if (shownAt(step).has(node)) return node;
    const turn = turns[node] ?? null;
    if (turn === null) return null;
    const place = series[turn.series]?.[turn.episode]?.indexOf(node) ?? -1;
    const other = currentOf(turn.series, inProgress.at(0, step) ?? 0)[place] ?? -1;
    return graph.nodes[other]?.label === graph.nodes[node]?.label ? other : null;
  };
  return { shownAt, counterpart };
}

function shownOf(key: string, nodes: readonly number[]): Shown {
  const ids = new Set(nodes);
  return { key, nodes, has: (node) => ids.has(node) };
}

/**
 * By series and episode the iteration that it is part of: a new one begins with the second episode of a series, so
 * that what a loop computes apart (a prediction, its loss, an update) goes on to the next iteration together.
 */
function countIterations({ series, turns }: Episodes): number[][] {
  const found: number[][] = series.map(() => []);
  const part = new Set<number>();
  let iteration = 0;
  for (const turn of turns) {
    const own = turn === null ? undefined : found[turn.series];
    if (turn === null || own === undefined || own[turn.episode] !== undefined) continue;
    if (part.has(turn.series)) {
      iteration++;
      part.clear();
    }
    part.add(turn.series);
    own[turn.episode] = iteration;
  }
  return found;
}

/** The iteration that forward or backward steps are in; what is computed once says nothing about it. */
function iterationsBySteps(
  steps: readonly Step[],
  { series, turns }: Episodes,
  iterations: readonly (readonly number[])[],
): History {
  const moments: Moment[] = [];
  for (const { index, kind, node } of steps) {
    const turn = node === null ? null : (turns[node] ?? null);
    if (turn === null || (kind !== 'forward' && kind !== 'backward')) continue;
    const iteration = iterations[turn.series]?.[turn.episode] ?? 0;
    const again = (series[turn.series]?.length ?? 0) > 1;
    if (again && iteration !== (moments.at(-1)?.value ?? 0)) {
      moments.push({ key: 0, step: index, value: iteration });
    }
  }
  return buildHistory(1, moments);
}

/** By series and iteration its latest episode. */
function latestEpisodes(iterations: readonly (readonly number[])[]): History {
  const moments = iterations.flatMap((own, key) => own.map((step, value) => ({ key, step, value })));
  return buildHistory(iterations.length, moments);
}

/**
 * The episodes' nodes, each after the leaves, inputs and shared operations that it uses; then what nothing uses.
 * Episodes of the same structure so come in the same order, and get the same layout.
 */
function reached({ nodes, edges }: Graph, turns: Episodes['turns'], current: readonly Episode[]): number[] {
  const entered = new Set<number>();
  const order: number[] = [];
  const enter = (id: number, stack: { id: number; sources: number[] }[]): void => {
    entered.add(id);
    const incoming = nodes[id]?.incoming.map((edge) => edges[edge]?.source ?? id) ?? [];
    stack.push({ id, sources: incoming.filter((source) => turns[source] === null).reverse() });
  };
  const visit = (start: number): void => {
    const stack: { id: number; sources: number[] }[] = [];
    if (!entered.has(start)) enter(start, stack);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const next = top.sources.pop();
      if (next === undefined) order.push(stack.pop()?.id ?? start);
      else if (!entered.has(next)) enter(next, stack);
    }
  };
  for (const episode of current) episode.forEach(visit);
  for (const { id, outgoing } of nodes) if (outgoing.length === 0 && turns[id] === null) visit(id);
  return order;
}
