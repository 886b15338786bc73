/** Counting crossings between neighbouring layers, with a Fenwick tree: O(links · log width). */
import { degree, int, type Rows } from './arrays';
import type { ProperGraph } from './proper';

/** Vertices by layer, left to right: layer l is `slots[starts[l]]` up to before `slots[starts[l + 1]]`. */
export interface LayerOrder {
  readonly starts: Int32Array;
  readonly slots: Int32Array;
  /** Of each vertex, within its layer. */
  readonly positions: Int32Array;
}

export function countCrossings(graph: ProperGraph, order: LayerOrder): number {
  const tree = new Int32Array(widestLayer(order) + 1);
  let crossings = 0;
  for (let layer = 0; layer + 1 < graph.layerCount; layer++)
    crossings += crossingsBelow(graph, order, layer, tree);
  return crossings;
}

function crossingsBelow(graph: ProperGraph, order: LayerOrder, layer: number, tree: Int32Array): number {
  const width = int(order.starts, layer + 2) - int(order.starts, layer + 1);
  const { starts, items } = graph.linksBelow;
  const endOf = (k: number): number => int(order.positions, int(graph.lower, int(items, k))) + 1;
  tree.fill(0, 0, width + 1);
  let crossings = 0;
  let seen = 0;
  for (let i = int(order.starts, layer); i < int(order.starts, layer + 1); i++) {
    const v = int(order.slots, i);
    const [first, last] = [int(starts, v), int(starts, v + 1)];
    for (let k = first; k < last; k++) crossings += seen - countUpTo(tree, endOf(k));
    for (let k = first; k < last; k++) addAt(tree, endOf(k), width);
    seen += last - first;
  }
  return crossings;
}

function countUpTo(tree: Int32Array, index: number): number {
  let sum = 0;
  for (let i = index; i > 0; i -= i & -i) sum += int(tree, i);
  return sum;
}

function addAt(tree: Int32Array, index: number, width: number): void {
  for (let i = index; i <= width; i += i & -i) tree[i] = int(tree, i) + 1;
}

function widestLayer(order: LayerOrder): number {
  let widest = 0;
  for (let l = 0; l + 1 < order.starts.length; l++) {
    widest = Math.max(widest, int(order.starts, l + 1) - int(order.starts, l));
  }
  return widest;
}

const MOST_COMPARED = 1024;

/** How many crossings fewer there would be if neighbours u (left) and v (right) changed places. */
export function gainOfSwap(graph: ProperGraph, order: LayerOrder, u: number, v: number): number {
  const { linksAbove, linksBelow, upper, lower } = graph;
  const pairs = degree(linksAbove, u) * degree(linksAbove, v) + degree(linksBelow, u) * degree(linksBelow, v);
  if (pairs > MOST_COMPARED) return 0;
  return gainBeside(order, [linksAbove, upper], u, v) + gainBeside(order, [linksBelow, lower], u, v);
}

function gainBeside(order: LayerOrder, side: readonly [Rows, Int32Array], u: number, v: number): number {
  const [{ starts, items }, ends] = side;
  const [first, last] = [int(starts, v), int(starts, v + 1)];
  let gain = 0;
  for (let i = int(starts, u); i < int(starts, u + 1); i++) {
    const left = int(order.positions, int(ends, int(items, i)));
    for (let j = first; j < last; j++) {
      const right = int(order.positions, int(ends, int(items, j)));
      if (left > right) gain++;
      else if (left < right) gain--;
    }
  }
  return gain;
}
