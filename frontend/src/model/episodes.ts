/**
 * Which operations belong together: a training loop computes the same small graph again and again, and each time is
 * an episode. In: nodes and edges. Out: each operation's episode, and episodes of the same code as one series.
 * A loop that feeds on its own results (an RNN) is connected, so it is one episode and stays whole.
 */
import type { ModelEdge, ModelNode } from './types';

export interface Episode {
  /** Ids, ascending. The first one also names the episode. */
  readonly nodes: readonly number[];
}

export interface Episodes {
  /** By first appearance; within a series, episodes in order. */
  readonly series: readonly (readonly Episode[])[];
  /** By node id: the first node of its episode, or -1 for leaves, plain inputs and what several episodes share. */
  readonly owners: Int32Array;
}

const NOBODY = -1;

export function findEpisodes(nodes: readonly ModelNode[], edges: readonly ModelEdge[]): Episodes {
  const owners = new Int32Array(nodes.length).fill(NOBODY);
  const cores = nodes.map(({ kind, requiresGrad }) => kind === 'op' && requiresGrad);
  connect(owners, edges, (edge) => edge.differentiable && isTrue(cores, edge));
  for (const [id, core] of cores.entries()) if (core) owners[id] = rootOf(owners, id);
  const plain = nodes.filter(({ id, kind }) => kind === 'op' && !cores[id]);
  for (const node of plain) owners[node.id] = latestSource(owners, edges, node);
  for (const node of plain.toReversed()) {
    if (ownerOf(owners, node.id) === NOBODY) owners[node.id] = onlyConsumer(owners, edges, node);
  }
  ownThemselves(owners, edges, plain);
  return { owners, series: seriesOf(nodes, owners, cores) };
}

function ownerOf(owners: Int32Array, node: number): number {
  return owners[node] ?? NOBODY;
}

function isTrue(flags: readonly boolean[], { source, target }: ModelEdge): boolean {
  return flags[source] === true && flags[target] === true;
}

/** Union by least id with path halving; a node without a parent is its own root. */
function connect(
  parents: Int32Array,
  edges: readonly ModelEdge[],
  joins: (edge: ModelEdge) => boolean,
): void {
  for (const edge of edges) {
    if (!joins(edge)) continue;
    const [a, b] = [rootOf(parents, edge.source), rootOf(parents, edge.target)];
    if (a !== b) parents[Math.max(a, b)] = Math.min(a, b);
  }
}

function rootOf(parents: Int32Array, node: number): number {
  let at = node;
  for (let up = ownerOf(parents, at); up !== NOBODY && up !== at; up = ownerOf(parents, at)) {
    const above = ownerOf(parents, up);
    if (above !== NOBODY) parents[at] = above;
    at = up;
  }
  return at;
}

/** What is computed from an episode without gradients belongs to it: a running mean to the latest that it has seen. */
function latestSource(owners: Int32Array, edges: readonly ModelEdge[], node: ModelNode): number {
  return node.incoming.reduce(
    (latest, id) => Math.max(latest, ownerOf(owners, edges[id]?.source ?? NOBODY)),
    NOBODY,
  );
}

/** What is prepared for one episode alone, such as its batch, belongs to it. */
function onlyConsumer(owners: Int32Array, edges: readonly ModelEdge[], node: ModelNode): number {
  const consumers = new Set(node.outgoing.map((id) => ownerOf(owners, edges[id]?.target ?? NOBODY)));
  const [only = NOBODY] = consumers;
  return consumers.size === 1 ? only : NOBODY;
}

/** Plain operations that no episode uses or makes are episodes of their own. */
function ownThemselves(owners: Int32Array, edges: readonly ModelEdge[], plain: readonly ModelNode[]): void {
  const free: boolean[] = [];
  for (const { id } of plain) free[id] = ownerOf(owners, id) === NOBODY;
  const parents = new Int32Array(owners.length).fill(NOBODY);
  connect(parents, edges, (edge) => isTrue(free, edge));
  const shared = new Set<number>();
  for (const { source, target } of edges) {
    if (free[source] && ownerOf(owners, target) !== NOBODY) shared.add(rootOf(parents, source));
  }
  for (const { id } of plain) {
    const root = rootOf(parents, id);
    if (free[id] && !shared.has(root)) owners[id] = root;
  }
}

function seriesOf(nodes: readonly ModelNode[], owners: Int32Array, cores: readonly boolean[]): Episode[][] {
  const members = new Map<number, number[]>();
  for (const { id } of nodes) {
    const owner = ownerOf(owners, id);
    if (owner === NOBODY) continue;
    const known = members.get(owner);
    if (known === undefined) members.set(owner, [id]);
    else known.push(id);
  }
  const codeOf = codeReader(nodes, cores);
  const series = new Map<string, Episode[]>();
  for (const [owner, own] of [...members].sort(([a], [b]) => a - b)) {
    const code = codeOf(own) || `episode ${owner}`;
    const alike = series.get(code);
    if (alike === undefined) series.set(code, [{ nodes: own }]);
    else alike.push({ nodes: own });
  }
  return [...series.values()];
}

/**
 * The places and operations that nodes come from, each once, as a string; empty where no place is known.
 * Operations with gradients speak for the plain ones around them, which may differ the first or the last time.
 */
function codeReader(
  nodes: readonly ModelNode[],
  cores: readonly boolean[],
): (ids: readonly number[]) => string {
  const numbers = new Map<string, number>();
  return (ids) => {
    const speaking = ids.some((id) => cores[id]) ? ids.filter((id) => cores[id]) : ids;
    const found = new Set<number>();
    for (const id of speaking) {
      const node = nodes[id];
      if (node === undefined || node.place === null) continue;
      const code = [...Object.values(node.place), node.op ?? node.label].join();
      if (!numbers.has(code)) numbers.set(code, numbers.size);
      found.add(numbers.get(code) ?? 0);
    }
    return [...found].sort((a, b) => a - b).join();
  };
}
