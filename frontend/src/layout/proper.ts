/**
 * The proper graph: every edge is a chain of links between neighbouring layers, bent at bend vertices.
 * Vertices 0 to real - 1 are the nodes, the others bends. Edges too long for the budget stay out ("loose"):
 * they are drawn straight and bend for nobody, so that one weight used 5,000 times costs no millions of bends.
 */
import { degree, groupRows, indices, int, joined, real, type Rows } from './arrays';
import { heldAt, type DenseGraph } from './dense';

export interface ProperGraph {
  readonly real: number;
  readonly count: number;
  readonly layers: Int32Array;
  readonly layerCount: number;
  /** Ends and weight of each link; the heavier, the straighter. */
  readonly upper: Int32Array;
  readonly lower: Int32Array;
  readonly weight: Float64Array;
  /** How far from the middle of its upper and its lower end each link is held; 0 where it is free to be there. */
  readonly upperAside: Float64Array;
  readonly lowerAside: Float64Array;
  /** Links into each vertex (by slot) and out of it. */
  readonly linksAbove: Rows;
  readonly linksBelow: Rows;
  /** Of each node: the edges on the longest path to it from a leaf. */
  readonly depths: Int32Array;
  /** First bend of each edge; the others follow. -1 where there is none. */
  readonly firstBend: Int32Array;
  /** Of a section between two others, the vertices that it shares with them, above and below; else none. */
  readonly joints: readonly number[];
}

const BENDS_PER_NODE = 4;
const MIN_BEND_BUDGET = 24_000;
export const TRUNK = 3;
const LEAF = 1;
const BESIDE_BEND = 2;
const BETWEEN_BENDS = 8;

export function properGraph(graph: DenseGraph, layers: Int32Array): ProperGraph {
  const depths = nodeDepths(graph);
  const chains = chainEdges(graph, layers, edgeWeights(graph, depths));
  const { upper, lower } = chains;
  const all = joined(layers, chains.bendLayers);
  const links = indices(upper.length);
  return {
    real: graph.count,
    count: all.length,
    layers: all,
    layerCount: all.reduce((most, layer) => Math.max(most, layer + 1), 0),
    upper,
    lower,
    weight: chains.weight,
    upperAside: chains.upperAside,
    lowerAside: chains.lowerAside,
    linksAbove: groupRows(all.length, lower, links),
    linksBelow: groupRows(all.length, upper, links),
    firstBend: chains.firstBend,
    depths,
    joints: [],
  };
}

type Chains = Pick<ProperGraph, 'upper' | 'lower' | 'weight' | 'upperAside' | 'lowerAside' | 'firstBend'> & {
  readonly bendLayers: Int32Array;
};

function chainEdges(graph: DenseGraph, layers: Int32Array, weights: Float64Array): Chains {
  const spans = Int32Array.from(graph.from, (v, e) => int(layers, int(graph.to, e)) - int(layers, v));
  const longest = longestSpan(spans, Math.max(MIN_BEND_BUDGET, graph.count * BENDS_PER_NODE));
  const kept = indices(spans.length).filter((e) => int(spans, e) <= longest);
  const links = kept.reduce((sum, e) => sum + int(spans, e), 0);
  const [upper, lower, weight] = [new Int32Array(links), new Int32Array(links), new Float64Array(links)];
  const [upperAside, lowerAside] = [new Float64Array(links), new Float64Array(links)];
  const firstBend = new Int32Array(spans.length).fill(-1);
  const bendLayers = new Int32Array(links - kept.length);
  let bends = 0;
  let link = 0;
  for (const e of kept) {
    const span = int(spans, e);
    if (span > 1) firstBend[e] = graph.count + bends;
    for (let i = 0; i < span; i++) {
      upper[link] = i === 0 ? int(graph.from, e) : graph.count + bends - 1;
      lower[link] = i === span - 1 ? int(graph.to, e) : graph.count + bends;
      if (i === 0) upperAside[link] = heldAt(graph, e, 'from') ?? 0;
      if (i === span - 1) lowerAside[link] = heldAt(graph, e, 'to') ?? 0;
      weight[link++] = linkWeight(real(weights, e), i, span);
      if (i < span - 1) bendLayers[bends++] = int(layers, int(graph.from, e)) + i + 1;
    }
  }
  return { upper, lower, weight, upperAside, lowerAside, firstBend, bendLayers };
}

/** The longest span allowed so that all bends together stay within the budget. */
function longestSpan(spans: Int32Array, budget: number): number {
  const sorted = spans.slice().sort();
  let bends = 0;
  for (const span of sorted) {
    bends += span - 1;
    if (bends > budget) return span - 1;
  }
  return Infinity;
}

function linkWeight(edge: number, index: number, span: number): number {
  if (span === 1) return edge;
  return index === 0 || index === span - 1 ? BESIDE_BEND * Math.min(edge, 1) : BETWEEN_BENDS;
}

function nodeDepths(graph: DenseGraph): Int32Array {
  const depths = new Int32Array(graph.count);
  const { starts, items } = graph.above;
  for (const v of graph.order) {
    for (let k = int(starts, v); k < int(starts, v + 1); k++) {
      depths[v] = Math.max(int(depths, v), int(depths, int(items, k)) + 1);
    }
  }
  return depths;
}

/** A node's edge from its deepest input is its trunk; edges from leaves weigh next to nothing. */
function edgeWeights(graph: DenseGraph, depth: Int32Array): Float64Array {
  const second = secondDepth(graph, depth);
  return Float64Array.from(graph.from, (source, e) => {
    if (degree(graph.above, source) === 0) return LEAF;
    return int(depth, source) > int(second, int(graph.to, e)) ? TRUNK : 1;
  });
}

/** The depth of each node's second-deepest input, -1 where it has only one. */
function secondDepth(graph: DenseGraph, depth: Int32Array): Int32Array {
  const first = new Int32Array(graph.count).fill(-1);
  const second = new Int32Array(graph.count).fill(-1);
  graph.from.forEach((source, e) => {
    const target = int(graph.to, e);
    const own = int(depth, source);
    second[target] = Math.max(int(second, target), Math.min(own, int(first, target)));
    first[target] = Math.max(int(first, target), own);
  });
  return second;
}
