/** The vertices of a proper graph in blocks: each node is one, and the bends of an edge together are one. */
import { groupRows, indices, int, type Rows } from './arrays';
import type { ProperGraph } from './proper';

export interface Blocks {
  readonly count: number;
  readonly layerCount: number;
  /** Of each vertex, its block. */
  readonly of: Int32Array;
  /** Of each block its first vertex, the others follow, and its layers. */
  readonly first: Int32Array;
  readonly top: Int32Array;
  readonly bottom: Int32Array;
  /** The blocks that links lead to, up from each one's top and down from its bottom. */
  readonly above: Rows;
  readonly below: Rows;
}

export function blocksOf(graph: ProperGraph): Blocks {
  const first = Int32Array.from([...indices(graph.real), ...graph.firstBend.filter((v) => v >= 0)]);
  const of = new Int32Array(graph.count);
  const top = first.map((v) => int(graph.layers, v));
  const bottom = top.slice();
  first.forEach((v, block) => {
    const end = block < graph.real ? v + 1 : (first[block + 1] ?? graph.count);
    of.fill(block, v, end);
    bottom[block] = int(graph.layers, end - 1);
  });
  const upper = graph.upper.map((v) => int(of, v));
  const lower = graph.lower.map((v) => int(of, v));
  const count = first.length;
  return {
    count,
    layerCount: graph.layerCount,
    of,
    first,
    top,
    bottom,
    above: linksBetween(count, lower, upper),
    below: linksBetween(count, upper, lower),
  };
}

/** From block to block, without the links within one. */
function linksBetween(count: number, from: Int32Array, to: Int32Array): Rows {
  const between = indices(from.length).filter((link) => int(from, link) !== int(to, link));
  const ends = (of: Int32Array): Int32Array => between.map((link) => int(of, link));
  return groupRows(count, ends(from), ends(to));
}
