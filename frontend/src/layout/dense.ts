/** The caller's graph with its ids replaced by 0, 1, 2, …, acyclic and with neighbours in compressed rows. */
import { degree, groupRows, indices, int, item, type Rows } from './arrays';
import type { LayoutEdge, LayoutGraph } from './types';

export interface DenseGraph {
  readonly count: number;
  /** The edges kept: between known nodes, and from one node to another. By target, then slot, then id. */
  readonly edges: readonly LayoutEdge[];
  /** Ends of each edge as node indices, turned round where that was needed to break a cycle. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly turned: Uint8Array;
  /** Neighbours below and above; those above in slot order. */
  readonly below: Rows;
  readonly above: Rows;
  /** Node indices, every edge's `from` before its `to`. */
  readonly order: Int32Array;
}

export function denseGraph(graph: LayoutGraph): DenseGraph {
  const { edges, from, to } = keptEdges(graph);
  const count = graph.nodes.length;
  const order = acyclicOrder(count, groupRows(count, from, to), groupRows(count, to, from));
  const turned = turnBackEdges(from, to, order);
  return {
    count,
    edges,
    from,
    to,
    turned,
    order,
    below: groupRows(count, from, to),
    above: groupRows(count, to, from),
  };
}

/** Where an end of an edge is held, sideways from the node's middle; undefined where it is free. */
export function heldAt({ edges, turned }: DenseGraph, e: number, end: 'from' | 'to'): number | undefined {
  const leaves = (end === 'from') !== (turned[e] === 1);
  return leaves ? item(edges, e).exit : item(edges, e).entry;
}

function keptEdges({ nodes, edges }: LayoutGraph): Pick<DenseGraph, 'edges' | 'from' | 'to'> {
  const indexOf = new Map<number, number>();
  nodes.forEach(({ id }, i) => indexOf.set(id, i));
  const from = Int32Array.from(edges, ({ source }) => indexOf.get(source) ?? -1);
  const to = Int32Array.from(edges, ({ target }) => indexOf.get(target) ?? -1);
  const before = (a: number, b: number): number =>
    int(to, a) - int(to, b) || slotOf(edges, a) - slotOf(edges, b) || item(edges, a).id - item(edges, b).id;
  const known = indices(edges.length).filter(
    (e) => int(from, e) >= 0 && int(to, e) >= 0 && int(from, e) !== int(to, e),
  );
  if (known.some((e, i) => i > 0 && before(int(known, i - 1), e) > 0)) known.sort(before);
  return {
    edges: Array.from(known, (e) => item(edges, e)),
    from: known.map((e) => int(from, e)),
    to: known.map((e) => int(to, e)),
  };
}

function slotOf(edges: readonly LayoutEdge[], e: number): number {
  return item(edges, e).slot;
}

/** Kahn's order; where only cycles are left, the first node left goes next. */
function acyclicOrder(count: number, below: Rows, above: Rows): Int32Array {
  const waiting = Int32Array.from(indices(count), (v) => degree(above, v));
  const order = new Int32Array(count);
  const placed = new Uint8Array(count);
  let head = 0;
  let tail = 0;
  const place = (v: number): void => {
    placed[v] = 1;
    order[tail++] = v;
  };
  for (let v = 0; v < count; v++) if (int(waiting, v) === 0) place(v);
  for (let left = 0; head < count;) {
    if (head === tail) {
      while (placed[left]) left++;
      place(left);
    }
    const v = int(order, head++);
    for (let k = int(below.starts, v); k < int(below.starts, v + 1); k++) {
      const u = int(below.items, k);
      waiting[u] = int(waiting, u) - 1;
      if (int(waiting, u) === 0 && !placed[u]) place(u);
    }
  }
  return order;
}

function turnBackEdges(from: Int32Array, to: Int32Array, order: Int32Array): Uint8Array {
  const rank = new Int32Array(order.length);
  order.forEach((v, i) => (rank[v] = i));
  const turned = new Uint8Array(from.length);
  for (let e = 0; e < from.length; e++) {
    const source = int(from, e);
    const target = int(to, e);
    if (int(rank, source) < int(rank, target)) continue;
    turned[e] = 1;
    from[e] = target;
    to[e] = source;
  }
  return turned;
}

/** The nodes with their sizes as seen with layers going down: for 'right', width and height change places. */
export function extents(
  graph: LayoutGraph,
  sideways: boolean,
): { across: Float64Array; along: Float64Array } {
  const across = new Float64Array(graph.nodes.length);
  const along = new Float64Array(graph.nodes.length);
  graph.nodes.forEach(({ width, height }, i) => {
    across[i] = sideways ? height : width;
    along[i] = sideways ? width : height;
  });
  return { across, along };
}
