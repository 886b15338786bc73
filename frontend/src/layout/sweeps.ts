/** One way through all layers, each sorted by where its links end in the layer before. */
import { degree, indices, int, real, type Rows } from './arrays';
import type { LayerOrder } from './crossings';
import type { ProperGraph } from './proper';

export type Rule = 'barycentre' | 'median';

export function sweep(graph: ProperGraph, order: LayerOrder, way: 'up' | 'down', rule: Rule): void {
  const keysOf = rule === 'barycentre' ? meanKey : medianKey;
  if (way === 'down') {
    const keyOf = (link: number): number => int(order.positions, int(graph.upper, link));
    const key = (v: number): number | undefined => keysOf(graph.linksAbove, v, keyOf);
    for (let l = 1; l < graph.layerCount; l++) sortLayer(order, l, key);
  } else {
    // Links into one vertex differ by their slots there.
    const ports = portFractions(graph);
    const keyOf = (link: number): number => int(order.positions, int(graph.lower, link)) + real(ports, link);
    const key = (v: number): number | undefined => keysOf(graph.linksBelow, v, keyOf);
    for (let l = graph.layerCount - 2; l >= 0; l--) sortLayer(order, l, key);
  }
}

/** Writes down each vertex's place within its layer. */
export function number(order: LayerOrder, layer: number): void {
  const start = int(order.starts, layer);
  for (let i = start; i < int(order.starts, layer + 1); i++) order.positions[int(order.slots, i)] = i - start;
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

function sortLayer(order: LayerOrder, layer: number, keyOf: (v: number) => number | undefined): void {
  const row = order.slots.subarray(int(order.starts, layer), int(order.starts, layer + 1));
  if (row.length < 2) return;
  const keys = new Float64Array(row.length);
  for (let i = 0, left = -Infinity; i < row.length; i++) keys[i] = left = keyOf(int(row, i)) ?? left;
  if (row.length > MOST_INSERTED) {
    const sorted = indices(row.length).sort((a, b) =>
      keys[a] === keys[b] ? 0 : real(keys, a) - real(keys, b),
    );
    row.set(sorted.map((i) => int(row, i)));
  } else insert(row, keys);
  number(order, layer);
}

const MOST_INSERTED = 64;

/** Sorts a short row by its keys, which are nearly in order already; equal ones stay as they are. */
function insert(row: Int32Array, keys: Float64Array): void {
  for (let i = 1; i < row.length; i++) {
    const [v, key] = [int(row, i), real(keys, i)];
    let at = i;
    for (; at > 0 && real(keys, at - 1) > key; at--) {
      keys[at] = real(keys, at - 1);
      row[at] = int(row, at - 1);
    }
    keys[at] = key;
    row[at] = v;
  }
}

type KeyOfLink = (link: number) => number;

/** The mean key of a vertex's links; undefined where it has none, so that it stays beside its left neighbour. */
function meanKey(rows: Rows, v: number, keyOf: KeyOfLink): number | undefined {
  const links = degree(rows, v);
  if (links === 0) return undefined;
  let sum = 0;
  for (let k = int(rows.starts, v); k < int(rows.starts, v + 1); k++) sum += keyOf(int(rows.items, k));
  return sum / links;
}

/** The median, between two middle ones nearer to where the others are closer together. */
function medianKey(rows: Rows, v: number, keyOf: KeyOfLink): number | undefined {
  if (degree(rows, v) < 3) return meanKey(rows, v, keyOf);
  const keys = Array.from(rows.items.subarray(int(rows.starts, v), int(rows.starts, v + 1)), keyOf);
  keys.sort((a, b) => a - b);
  const middle = keys.length >> 1;
  const [first, low, high, last] = [keys[0], keys[middle - 1], keys[middle], keys.at(-1)] as [
    number,
    number,
    number,
    number,
  ];
  if (keys.length % 2 === 1) return high;
  const [left, right] = [low - first, last - high];
  return left + right === 0 ? (low + high) / 2 : (low * right + high * left) / (left + right);
}
