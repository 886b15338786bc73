/**
 * The order within each layer. From several first orders, sweeps by barycentres or medians with swaps of neighbours,
 * then blocks and single vertices sifted to their best places, and the best order kicked and sifted again. How much
 * is tried depends on the graph alone, never on the clock.
 */
import { int } from './arrays';
import { countCrossings, gainOfSwap, type LayerOrder } from './crossings';
import { firstOrders, lottery } from './first-orders';
import type { ProperGraph } from './proper';
import { Sifter } from './sifting';
import { number, sweep, type Rule } from './sweeps';

/** First orders to try, kicks to give and orders to keep by the number of links. */
const EFFORTS = [
  { links: 30, starts: 100, kicks: 24, kept: 16 },
  { links: 300, starts: 24, kicks: 16, kept: 16 },
  { links: 900, starts: 8, kicks: 8, kept: 6 },
  { links: 1800, starts: 4, kicks: 4, kept: 6 },
  { links: 6000, starts: 2, kicks: 2, kept: 6 },
  { links: Infinity, starts: 1, kicks: 0, kept: 6 },
] as const;
/** Graphs of so many nodes are to be there soon, so their different parts, few as they may be, get the third at most. */
export const LARGE = 1000;
/** Pairs of blocks and of links that the sifting of a graph may look at all in all. */
const BUDGET = 1_500_000;
const SWEEPS = 24;
const PATIENCE = 6;
const SWAP_ROUNDS = 6;
const SIFT_ROUNDS = 4;

export type Effort = (typeof EFFORTS)[number];

export function effortFor(links: number, nodes = 0): Effort {
  const least = nodes < LARGE ? 0 : EFFORTS[1].links;
  return EFFORTS.find((effort) => Math.max(least, links) < effort.links) ?? EFFORTS[5];
}

/** The best orders found, the one with the fewest crossings first; the others are nearly as good. */
export function orderLayers(
  graph: ProperGraph,
  effort: Effort = effortFor(graph.upper.length),
): LayerOrder[] {
  const found = new Found(graph, effort.kept);
  const sifter = new Sifter(graph);
  const sifts = effort.kicks > 0 && sifter.blocks ** 2 < BUDGET;
  let run = 0;
  for (const order of firstOrders(graph, effort.starts)) {
    const rule: Rule = run++ % 2 === 0 ? 'barycentre' : 'median';
    found.take(order, improve(graph, order, rule));
    if (!sifts || found.fewest === 0) continue;
    sifter.lineUp(order);
    siftInto(graph, order, sifter, found);
  }
  if (sifts && found.fewest > 0) kickAround(graph, sifter, found, effort.kicks);
  return found.orders;
}

/** Orders with their crossings, as long as they are among the best. */
class Found {
  readonly #most: number;
  #all: { readonly order: LayerOrder; readonly crossings: number }[] = [];

  constructor(graph: ProperGraph, most: number) {
    this.#most = Math.max(1, Math.min(most, Math.floor(MOST_VERTICES / graph.count)));
  }

  get fewest(): number {
    return this.#all[0]?.crossings ?? Infinity;
  }
  get best(): LayerOrder {
    return (this.#all[0] as { order: LayerOrder }).order;
  }
  get orders(): LayerOrder[] {
    return this.#all.map(({ order }) => order);
  }

  take(order: LayerOrder, crossings: number): void {
    const enough = (least: number): number => Math.floor(least * (1 + NEARLY));
    if (crossings > enough(this.fewest) || this.#all.some((each) => alike(each.order, order))) return;
    const kept = { ...order, slots: order.slots.slice(), positions: order.positions.slice() };
    this.#all = [...this.#all, { order: kept, crossings }]
      .sort((a, b) => a.crossings - b.crossings)
      .filter((each, _, [first]) => each.crossings <= enough(first?.crossings ?? 0))
      .slice(0, this.#most);
  }
}

const NEARLY = 0.05;
/** Vertices in all orders kept. */
const MOST_VERTICES = 3000;

function alike(a: LayerOrder, b: LayerOrder): boolean {
  return a.slots.every((v, i) => v === b.slots[i]);
}

function siftInto(graph: ProperGraph, order: LayerOrder, sifter: Sifter, found: Found): void {
  sifter.sift(BUDGET);
  sifter.writeTo(order);
  const crossings = countCrossings(graph, order) - siftAll(graph, order);
  found.take(order, crossings);
}

/** The best order with some blocks put elsewhere, sifted again: a way out of what no single move betters. */
function kickAround(graph: ProperGraph, sifter: Sifter, found: Found, kicks: number): void {
  for (let kick = 1; kick <= kicks && found.fewest > 0 && sifter.work < BUDGET; kick++) {
    const order = { ...found.best, slots: found.best.slots.slice(), positions: found.best.positions.slice() };
    sifter.lineUp(order);
    sifter.kick(lottery(kick), 2 + (sifter.blocks >> 6));
    siftInto(graph, order, sifter, found);
  }
}

/** Brings the order to fewer crossings, and says how many are left. */
function improve(graph: ProperGraph, order: LayerOrder, rule: Rule): number {
  let best = order.slots.slice();
  let fewest = countCrossings(graph, order);
  for (let turn = 0, idle = 0; turn < SWEEPS && idle < PATIENCE && fewest > 0; turn++) {
    sweep(graph, order, turn % 2 === 0 ? 'up' : 'down', rule);
    swapNeighbours(graph, order, turn % 4 < 2 ? 0 : 1);
    const crossings = countCrossings(graph, order);
    idle = crossings < fewest ? 0 : idle + 1;
    if (crossings < fewest) best = order.slots.slice();
    fewest = Math.min(fewest, crossings);
  }
  order.slots.set(best);
  for (let layer = 0; layer < graph.layerCount; layer++) number(order, layer);
  if (fewest > 0) fewest -= siftAll(graph, order);
  return fewest;
}

function swapNeighbours(graph: ProperGraph, order: LayerOrder, least: number): void {
  for (let round = 0, swapped = true; swapped && round < SWAP_ROUNDS; round++) {
    swapped = false;
    for (let layer = 0; layer < graph.layerCount; layer++)
      swapped = swapInLayer(graph, order, layer, least) || swapped;
  }
}

function swapInLayer(graph: ProperGraph, order: LayerOrder, layer: number, least: number): boolean {
  const { slots, positions } = order;
  let swapped = false;
  for (let i = int(order.starts, layer); i + 1 < int(order.starts, layer + 1); i++) {
    const u = int(slots, i);
    const v = int(slots, i + 1);
    const gain = gainOfSwap(graph, order, u, v);
    if (gain < least) continue;
    slots[i] = v;
    slots[i + 1] = u;
    positions[v] = int(positions, u);
    positions[u] = int(positions, v) + 1;
    swapped ||= gain > 0;
  }
  return swapped;
}

const MOST_SIFTED = 200;

/** Every vertex to where it crosses least, layer by layer, as long as that helps. The crossings saved. */
function siftAll(graph: ProperGraph, order: LayerOrder): number {
  let saved = 0;
  for (let round = 0, before = -1; round < SIFT_ROUNDS && saved > before; round++) {
    before = saved;
    for (let layer = 0; layer < graph.layerCount; layer++) {
      const row = order.slots.slice(int(order.starts, layer), int(order.starts, layer + 1));
      if (row.length < 2 || row.length > MOST_SIFTED) continue;
      for (const v of row) saved += sift(graph, order, layer, v);
    }
  }
  return saved;
}

function sift(graph: ProperGraph, order: LayerOrder, layer: number, v: number): number {
  const [start, end] = [int(order.starts, layer), int(order.starts, layer + 1)];
  const from = start + int(order.positions, v);
  let [most, to] = [0, from];
  for (let i = from - 1, gain = 0; i >= start; i--) {
    gain += gainOfSwap(graph, order, int(order.slots, i), v);
    if (gain > most) [most, to] = [gain, i];
  }
  for (let i = from + 1, gain = 0; i < end; i++) {
    gain += gainOfSwap(graph, order, v, int(order.slots, i));
    if (gain > most) [most, to] = [gain, i];
  }
  if (to === from) return 0;
  if (to < from) order.slots.copyWithin(to + 1, to, from);
  else order.slots.copyWithin(from, from + 1, to + 1);
  order.slots[to] = v;
  number(order, layer);
  return most;
}
