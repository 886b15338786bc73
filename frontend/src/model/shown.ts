/** What the stage shows at a step: of each series of episodes the one in progress, and what it uses. */
import type { Episode, Episodes } from './episodes';
import { buildHistory, type History, type Moment } from './history';
import type { Model, ModelEdge, ModelNode, Shown, Step } from './types';

interface Graph {
  readonly nodes: readonly ModelNode[];
  readonly edges: readonly ModelEdge[];
}

/** Where an episode stands: its series, and which of that it is. */
interface Turn {
  readonly series: number;
  readonly index: number;
}

export function readShown(
  graph: Graph,
  steps: readonly Step[],
  episodes: Episodes,
): Pick<Model, 'shownAt' | 'counterpart'> {
  const { series, owners } = episodes;
  const turns = turnsOf(series);
  const switches = episodeSwitches(steps, turns, owners);
  const history = buildHistory(series.length, switches);
  const currentOf = (i: number, step: number): Episode | undefined => series[i]?.[history.at(i, step) ?? 0];
  const shownAt = rememberedBy(stretchesOf(switches), (step) => {
    const current = series.flatMap((_, i) => currentOf(i, step) ?? []);
    const alone = series.every((alike) => alike.length === 1);
    const nodes = alone ? graph.nodes.map(({ id }) => id) : reached(graph, owners, current);
    return shownOf(current.map((episode) => episode.nodes[0]).join(), nodes);
  });
  const counterpart = (node: number, step: number): number | null => {
    if (shownAt(step).has(node)) return node;
    const turn = turns.get(owners[node] ?? -1);
    if (turn === undefined) return null;
    const place = series[turn.series]?.[turn.index]?.nodes.indexOf(node) ?? -1;
    const other = currentOf(turn.series, step)?.nodes[place] ?? -1;
    return graph.nodes[other]?.label === graph.nodes[node]?.label ? other : null;
  };
  return { shownAt, counterpart };
}

function shownOf(key: string, nodes: readonly number[]): Shown {
  const ids = new Set(nodes);
  return { key, nodes, has: (node) => ids.has(node) };
}

/** By the first node of each episode. */
function turnsOf(series: Episodes['series']): ReadonlyMap<number, Turn> {
  return new Map(
    series.flatMap((alike, i) =>
      alike.map(({ nodes: [first = -1] }, index): [number, Turn] => [first, { series: i, index }]),
    ),
  );
}

/** When the playhead comes to another episode of a series, by its forward or its backward pass. */
function episodeSwitches(
  steps: readonly Step[],
  turns: ReadonlyMap<number, Turn>,
  owners: Int32Array,
): Moment[] {
  const current = new Map<number, number>();
  return steps.flatMap(({ index: step, kind, node }) => {
    const turn = node === null ? undefined : turns.get(owners[node] ?? -1);
    if (turn === undefined || (kind !== 'forward' && kind !== 'backward')) return [];
    if ((current.get(turn.series) ?? 0) === turn.index) return [];
    current.set(turn.series, turn.index);
    return [{ key: turn.series, step, value: turn.index }];
  });
}

/** The stretches of the timeline between switches, numbered. */
function stretchesOf(switches: readonly Moment[]): History {
  return buildHistory(
    1,
    switches.map(({ step }, value) => ({ key: 0, step, value })),
  );
}

/** Found once for each stretch; equal keys give the same object. */
function rememberedBy(stretches: History, find: (step: number) => Shown): (step: number) => Shown {
  const byStretch = new Map<number | null, Shown>();
  const byKey = new Map<string, Shown>();
  return (step) => {
    const stretch = stretches.at(0, step);
    const known = byStretch.get(stretch);
    if (known !== undefined) return known;
    const found = find(step);
    const shown = byKey.get(found.key) ?? found;
    byKey.set(shown.key, shown);
    byStretch.set(stretch, shown);
    return shown;
  };
}

/**
 * The episodes' nodes, each after the leaves, inputs and shared operations that it uses; then what nothing uses.
 * Episodes of the same structure so come in the same order, and get the same layout.
 */
function reached({ nodes, edges }: Graph, owners: Int32Array, current: readonly Episode[]): number[] {
  const entered = new Set<number>();
  const order: number[] = [];
  const enter = (id: number, stack: { id: number; sources: number[] }[]): void => {
    entered.add(id);
    const incoming = nodes[id]?.incoming.map((edge) => edges[edge]?.source ?? id) ?? [];
    stack.push({ id, sources: incoming.filter((source) => owners[source] === -1).reverse() });
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
  for (const episode of current) episode.nodes.forEach(visit);
  for (const { id, outgoing } of nodes) if (outgoing.length === 0 && owners[id] === -1) visit(id);
  return order;
}
