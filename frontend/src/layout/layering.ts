/**
 * A layer for each node, every edge pointing to a later one.
 * Longest path first, then rounds of tightening: a node with more edges out than in moves down to its consumers,
 * one with more in than out up to its inputs. A leaf, or a small tree of leaves, hangs right above its consumer.
 */
import { degree, int, type Rows } from './arrays';
import type { DenseGraph } from './dense';
import { shortest } from './simplex';

const ROUNDS = 4;

export function assignLayers(graph: DenseGraph): Int32Array {
  const layers = shortLayers(graph);
  balance(layers, graph);
  return fromZero(layers);
}

/** The layers, and where it makes a difference the same without layers filled evenly: which is better shows later. */
export function layerings(graph: DenseGraph): Int32Array[] {
  const layers = shortLayers(graph);
  const uneven = fromZero(layers);
  balance(layers, graph);
  const even = fromZero(layers);
  return even.every((layer, v) => layer === int(uneven, v)) ? [even] : [even, uneven];
}

function fromZero(layers: Int32Array): Int32Array {
  const top = layers.reduce((least, layer) => Math.min(least, layer), Infinity);
  return layers.map((layer) => layer - top);
}

function shortLayers(graph: DenseGraph): Int32Array {
  const layers = new Int32Array(graph.count);
  for (const v of graph.order) raise(layers, graph, v);
  const hanging = hangingNodes(graph);
  for (let round = 0; round < ROUNDS; round++) {
    for (let i = graph.count - 1; i >= 0; i--) sink(layers, graph, hanging, int(graph.order, i));
    for (const v of graph.order) pullUp(layers, graph, hanging, v);
  }
  for (let i = graph.count - 1; i >= 0; i--) hang(layers, graph, hanging, int(graph.order, i));
  if (!allShort(layers, graph)) layers.set(shorten(layers, graph));
  return layers;
}

/** Whether no edge could be shorter. */
function allShort(layers: Int32Array, { from, to }: DenseGraph): boolean {
  return from.every((v, e) => int(layers, int(to, e)) - int(layers, v) === 1);
}

const BUDGET = 4_000_000;

/** The layers with the fewest of them between the ends of all edges together. */
function shorten(layers: Int32Array, graph: DenseGraph): Float64Array {
  const spacing = {
    count: graph.count,
    tail: graph.from,
    head: graph.to,
    least: new Float64Array(graph.from.length).fill(1),
    weight: new Float64Array(graph.from.length).fill(1),
  };
  return shortest(spacing, Float64Array.from(layers), BUDGET);
}

/** A node that pulls as much up as down goes, of the layers where it may be, to the one with the fewest nodes. */
function balance(layers: Int32Array, graph: DenseGraph): void {
  const lowest = layers.reduce((least, layer) => Math.min(least, layer), Infinity);
  for (let v = 0; v < graph.count; v++) layers[v] = int(layers, v) - lowest;
  const sizes = new Int32Array(layers.reduce((most, layer) => Math.max(most, layer), 0) + 1);
  for (const layer of layers) sizes[layer] = int(sizes, layer) + 1;
  for (const v of graph.order) {
    if (degree(graph.above, v) === 0 || degree(graph.above, v) !== degree(graph.below, v)) continue;
    const last = firstBelow(layers, graph, v) - 1;
    let best = int(layers, v);
    sizes[best] = int(sizes, best) - 1;
    for (let layer = lastAbove(layers, graph, v) + 1; layer <= last; layer++)
      if (int(sizes, layer) < int(sizes, best)) best = layer;
    sizes[best] = int(sizes, best) + 1;
    layers[v] = best;
  }
}

function firstBelow(layers: Int32Array, graph: DenseGraph, v: number): number {
  const { starts, items } = graph.below;
  let first = Infinity;
  for (let k = int(starts, v); k < int(starts, v + 1); k++)
    first = Math.min(first, int(layers, int(items, k)));
  return first;
}

/** 1 for nodes with one consumer whose inputs, if any, all hang too: they follow, they never pin. */
export function hangingNodes(graph: DenseGraph): Uint8Array {
  const hanging = new Uint8Array(graph.count);
  for (const v of graph.order) {
    if (degree(graph.below, v) !== 1) continue;
    hanging[v] = countStanding(graph.above, hanging, v) === 0 ? 1 : 0;
  }
  return hanging;
}

function countStanding(rows: Rows, hanging: Uint8Array, v: number): number {
  let standing = 0;
  for (let k = int(rows.starts, v); k < int(rows.starts, v + 1); k++)
    standing += hanging[int(rows.items, k)] ? 0 : 1;
  return standing;
}

function raise(layers: Int32Array, graph: DenseGraph, v: number): void {
  layers[v] = lastAbove(layers, graph, v) + 1;
}

/** Down to just above the nearest consumer, where that does not lengthen more edges than it shortens. */
function sink(layers: Int32Array, graph: DenseGraph, hanging: Uint8Array, v: number): void {
  if (hanging[v] || degree(graph.below, v) < countStanding(graph.above, hanging, v)) return;
  hang(layers, graph, null, v);
}

/** Up to just below the last input, where fewer edges leave than enter. */
function pullUp(layers: Int32Array, graph: DenseGraph, hanging: Uint8Array, v: number): void {
  if (hanging[v]) return;
  const { above } = graph;
  const inputs = countStanding(above, hanging, v);
  const last = lastAbove(layers, graph, v, hanging);
  if (inputs > degree(graph.below, v) && last + 1 < int(layers, v)) layers[v] = last + 1;
}

function hang(layers: Int32Array, graph: DenseGraph, only: Uint8Array | null, v: number): void {
  if (only !== null && !only[v]) return;
  const first = firstBelow(layers, graph, v);
  if (first < Infinity) layers[v] = first - 1;
}

function lastAbove(layers: Int32Array, graph: DenseGraph, v: number, except?: Uint8Array): number {
  const { starts, items } = graph.above;
  let last = -1;
  for (let k = int(starts, v); k < int(starts, v + 1); k++) {
    const u = int(items, k);
    if (!except?.[u]) last = Math.max(last, int(layers, u));
  }
  return last;
}
