/**
 * The order within each layer: a first order by walking up from the outputs with inputs left to right, then
 * barycentre sweeps down and up with neighbour swaps; the order with the fewest crossings is kept.
 */
import { degree, indices, int, real, type Rows } from './arrays';
import { countCrossings, gainOfSwap, type LayerOrder } from './crossings';
import type { ProperGraph } from './proper';

const SWEEPS = 16;
const PATIENCE = 4;
const SWAP_ROUNDS = 3;

export function orderLayers(graph: ProperGraph): LayerOrder {
  const order = firstOrder(graph);
  let best = order.slots.slice();
  let fewest = countCrossings(graph, order);
  for (let sweep = 0, idle = 0; sweep < SWEEPS && idle < PATIENCE && fewest > 0; sweep++) {
    if (sweep % 2 === 0) sweepUp(graph, order);
    else sweepDown(graph, order);
    swapNeighbours(graph, order);
    const crossings = countCrossings(graph, order);
    idle = crossings < fewest ? 0 : idle + 1;
    if (crossings < fewest) best = order.slots.slice();
    fewest = Math.min(fewest, crossings);
  }
  order.slots.set(best);
  for (let layer = 0; layer < graph.layerCount; layer++) number(order, layer);
  return order;
}

function firstOrder(graph: ProperGraph): LayerOrder {
  const starts = new Int32Array(graph.layerCount + 2);
  for (const layer of graph.layers) starts[layer + 1] = int(starts, layer + 1) + 1;
  for (let l = 0; l <= graph.layerCount; l++) starts[l + 1] = int(starts, l + 1) + int(starts, l);
  const next = starts.slice();
  const order = { starts, slots: new Int32Array(graph.count), positions: new Int32Array(graph.count) };
  walkUp(graph, (v) => {
    const layer = int(graph.layers, v);
    const slot = int(next, layer);
    order.slots[slot] = v;
    order.positions[v] = slot - int(starts, layer);
    next[layer] = slot + 1;
  });
  return order;
}

/** Every vertex once, from those without consumers up, a vertex's inputs by slot. */
function walkUp(graph: ProperGraph, visit: (v: number) => void): void {
  const seen = new Uint8Array(graph.count);
  const { starts, items } = graph.linksAbove;
  for (const sink of indices(graph.count)) {
    if (degree(graph.linksBelow, sink) > 0) continue;
    const stack = [sink];
    for (let v = stack.pop(); v !== undefined; v = stack.pop()) {
      if (seen[v]) continue;
      seen[v] = 1;
      visit(v);
      for (let k = int(starts, v + 1) - 1; k >= int(starts, v); k--)
        stack.push(int(graph.upper, int(items, k)));
    }
  }
}

function sweepDown(graph: ProperGraph, order: LayerOrder): void {
  const keyOf = (link: number): number => int(order.positions, int(graph.upper, link));
  for (let l = 1; l < graph.layerCount; l++) sortLayer(order, l, graph.linksAbove, keyOf);
}

/** A link's key is where it ends below; links into one vertex differ by their slots there. */
function sweepUp(graph: ProperGraph, order: LayerOrder): void {
  const ports = portFractions(graph);
  const keyOf = (link: number): number => int(order.positions, int(graph.lower, link)) + real(ports, link);
  for (let l = graph.layerCount - 2; l >= 0; l--) sortLayer(order, l, graph.linksBelow, keyOf);
}

function portFractions(graph: ProperGraph): Float64Array {
  const ports = new Float64Array(graph.upper.length);
  const { starts, items } = graph.linksAbove;
  for (let v = 0; v < graph.count; v++) {
    const start = int(starts, v);
    const ends = degree(graph.linksAbove, v);
    for (let k = 0; k < ends; k++) ports[int(items, start + k)] = (k + 0.5) / ends - 0.5;
  }
  return ports;
}

function sortLayer(order: LayerOrder, layer: number, rows: Rows, keyOf: (link: number) => number): void {
  const row = order.slots.subarray(int(order.starts, layer), int(order.starts, layer + 1));
  if (row.length < 2) return;
  let left = -Infinity;
  const keyed = Array.from(row, (v) => {
    left = meanKey(rows, v, keyOf) ?? left;
    return { v, key: left };
  });
  keyed.sort((a, b) => (a.key === b.key ? 0 : a.key - b.key));
  keyed.forEach(({ v }, i) => (row[i] = v));
  number(order, layer);
}

/** The mean key of a vertex's links; undefined where it has none, so that it stays beside its left neighbour. */
function meanKey(rows: Rows, v: number, keyOf: (link: number) => number): number | undefined {
  const links = degree(rows, v);
  if (links === 0) return undefined;
  let sum = 0;
  for (let k = int(rows.starts, v); k < int(rows.starts, v + 1); k++) sum += keyOf(int(rows.items, k));
  return sum / links;
}

function number(order: LayerOrder, layer: number): void {
  const start = int(order.starts, layer);
  for (let i = start; i < int(order.starts, layer + 1); i++) order.positions[int(order.slots, i)] = i - start;
}

function swapNeighbours(graph: ProperGraph, order: LayerOrder): void {
  for (let round = 0, swapped = true; swapped && round < SWAP_ROUNDS; round++) {
    swapped = false;
    for (let layer = 0; layer < graph.layerCount; layer++)
      swapped = swapInLayer(graph, order, layer) || swapped;
  }
}

function swapInLayer(graph: ProperGraph, order: LayerOrder, layer: number): boolean {
  const { slots, positions } = order;
  let swapped = false;
  for (let i = int(order.starts, layer); i + 1 < int(order.starts, layer + 1); i++) {
    const u = int(slots, i);
    const v = int(slots, i + 1);
    if (gainOfSwap(graph, order, u, v) <= 0) continue;
    slots[i] = v;
    slots[i + 1] = u;
    positions[v] = int(positions, u);
    positions[u] = int(positions, v) + 1;
    swapped = true;
  }
  return swapped;
}
