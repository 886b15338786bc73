/**
 * Which operations belong together: a training loop computes the same small graph again and again, and each time is
 * an episode. In: nodes, edges, steps. Out: each operation's episode, and episodes of the same code as one series.
 * A loop that feeds on its own results (an RNN) is connected, so it is one episode and stays whole.
 */
import { Sets } from './sets';
import type { ModelEdge, ModelNode, Place, Step } from './types';

/** Ids, ascending. */
export type Episode = readonly number[];

export interface Episodes {
  /** By first appearance; within a series, episodes in order. */
  readonly series: readonly (readonly Episode[])[];
  /** By node id: the series and the episode in it; null for leaves, plain inputs and what several episodes share. */
  readonly turns: readonly (Turn | null)[];
}

export interface Turn {
  readonly series: number;
  readonly episode: number;
}

interface Graph {
  readonly nodes: readonly ModelNode[];
  readonly edges: readonly ModelEdge[];
}

/** A node that names its episode, by node id. */
type Owners = (number | null)[];

export function findEpisodes(graph: Graph, steps: readonly Step[]): Episodes {
  const owners: Owners = graph.nodes.map(() => null);
  const cores = graph.nodes.map(({ kind, requiresGrad }) => kind === 'op' && requiresGrad);
  own(owners, graph, cores, ({ differentiable }) => differentiable);
  const loops = alike(owners, codesOf(graph, owners), passesOf(steps));
  joinTheirMakers(owners, graph, loops);
  joinTheirUsers(owners, graph);
  const free = unowned(graph, owners);
  own(owners, graph, withoutShared(graph, owners, free), () => true);
  return inTurn(owners, alike(owners, codesOf(graph, owners, cores), passesOf(steps)));
}

/** Gives the members an owner: the least node that they are connected with. */
function own(
  owners: Owners,
  { nodes, edges }: Graph,
  members: readonly boolean[],
  joins: (edge: ModelEdge) => boolean,
): void {
  const sets = new Sets(nodes.length);
  for (const edge of edges) {
    if (members[edge.source] && members[edge.target] && joins(edge)) sets.join(edge.source, edge.target);
  }
  for (const { id } of nodes) if (members[id]) owners[id] = sets.least(id);
}

/** What is computed from an episode without gradients belongs to the one of its series that was under way then. */
function joinTheirMakers(owners: Owners, { nodes, edges }: Graph, loops: Sets): void {
  const underWay = new Map<number, number>();
  for (const { id, kind, incoming } of nodes) {
    const makers = incoming.flatMap((edge) => owners[edges[edge]?.source ?? -1] ?? []);
    const known = owners[id];
    if (known !== null && known !== undefined) underWay.set(loops.least(known), known);
    else if (kind === 'op' && makers.length > 0) {
      owners[id] = underWay.get(loops.least(Math.max(...makers))) ?? Math.max(...makers);
    }
  }
}

/** What is prepared for one episode alone, such as its batch, belongs to it. */
function joinTheirUsers(owners: Owners, { nodes, edges }: Graph): void {
  for (const { id, kind, outgoing } of nodes.toReversed()) {
    if (kind !== 'op' || owners[id] !== null) continue;
    const users = new Set(outgoing.map((edge) => owners[edges[edge]?.target ?? -1] ?? null));
    if (users.size === 1) owners[id] = [...users][0] ?? null;
  }
}

function unowned({ nodes }: Graph, owners: Owners): boolean[] {
  return nodes.map(({ id, kind }) => kind === 'op' && owners[id] === null);
}

/** Of the free operations those that have nothing to do with an episode; the others are shared between several. */
function withoutShared({ nodes, edges }: Graph, owners: Owners, free: readonly boolean[]): boolean[] {
  const sets = new Sets(nodes.length);
  for (const { source, target } of edges) if (free[source] && free[target]) sets.join(source, target);
  const shared = new Set<number>();
  for (const { source, target } of edges) {
    if (free[source] && owners[target] !== null) shared.add(sets.least(source));
  }
  return nodes.map(({ id }) => free[id] === true && !shared.has(sets.least(id)));
}

/**
 * By owner, the places and operations that its nodes come from, each once. Where `cores` are given and an episode has
 * some, they speak for the plain operations around them, which may differ the first or the last time.
 */
function codesOf({ nodes }: Graph, owners: Owners, cores?: readonly boolean[]): Map<number, string> {
  const spoken = new Set(nodes.flatMap(({ id }) => (cores?.[id] ? (owners[id] ?? []) : [])));
  const found = new Map<number, Set<string>>();
  for (const { id, place, op, label } of nodes) {
    const owner = owners[id] ?? null;
    if (owner === null || place === null || (spoken.has(owner) && !cores?.[id])) continue;
    const codes = found.get(owner) ?? new Set();
    found.set(owner, codes.add(`${placeText(place)} ${op ?? label}`));
  }
  return new Map(Array.from(found, ([owner, codes]) => [owner, [...codes].sort().join()]));
}

/** The nodes that backward passes began at, each with the place of the call. */
function passesOf(steps: readonly Step[]): Map<number, string> {
  const begun = new Set<number>();
  const found = new Map<number, string>();
  for (const { kind, node, pass, place } of steps) {
    if (kind !== 'backward' || node === null || pass === null || begun.has(pass)) continue;
    begun.add(pass);
    if (place !== null) found.set(node, `pass ${placeText(place)}`);
  }
  return found;
}

function placeText(place: Place): string {
  return Object.values(place).join(':');
}

/** Joins the owners of episodes that come from the same places, or that the same call goes back through. */
function alike(
  owners: Owners,
  codes: ReadonlyMap<number, string>,
  passes: ReadonlyMap<number, string>,
): Sets {
  const sets = new Sets(owners.length);
  const first = new Map<string, number>();
  const meet = (owner: number, code: string): void => {
    sets.join(first.get(code) ?? owner, owner);
    first.set(code, owner);
  };
  for (const [owner, code] of codes) meet(owner, code);
  for (const [node, call] of passes) {
    const owner = owners[node] ?? null;
    if (owner !== null) meet(owner, call);
  }
  return sets;
}

function inTurn(owners: Owners, loops: Sets): Episodes {
  const series: number[][][] = [];
  const seriesOf = new Map<number, number>();
  const turnOf = new Map<number, Turn>();
  const turns = owners.map((owner, node) => {
    if (owner === null) return null;
    const loop = loops.least(owner);
    const place = seriesOf.get(loop) ?? series.push([]) - 1;
    seriesOf.set(loop, place);
    const known = turnOf.get(owner);
    const turn = known ?? { series: place, episode: series[place]?.length ?? 0 };
    turnOf.set(owner, turn);
    if (known === undefined) series[place]?.push([node]);
    else series[place]?.[turn.episode]?.push(node);
    return turn;
  });
  return { series, turns };
}
