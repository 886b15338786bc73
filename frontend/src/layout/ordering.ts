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
  { links: 30, starts: 100, kicks: 200, kept: 16 },
  { links: 300, starts: 24, kicks: 800, kept: 16 },
  { links: 900, starts: 4, kicks: 800, kept: 6 },
  { links: 1800, starts: 2, kicks: 800, kept: 6 },
  { links: 6000, starts: 2, kicks: 200, kept: 6 },
  { links: Infinity, starts: 1, kicks: 0, kept: 6 },
] as const;
/** Graphs of so many nodes are to be there soon, so less is tried of their different parts, few as they may be. */
export const LARGE = 1000;
const IN_LARGE = { starts: 4, kicks: 16, kept: 4 } as const;
/** Pairs of blocks and of links that the sifting of a graph may look at all in all, and then its kicks. */
const BUDGET = 1_500_000;
const KICK_BUDGET = 5_000_000;
const KICKS_PER_BLOCK = 10;
/** After so many kicks the order is kept as one that may be drawn. */
const ALSO_TAKEN = 50;
const SWEEPS = 24;
const PATIENCE = 6;
const SWAP_ROUNDS = 6;
const SIFT_ROUNDS = 4;

export type Effort = Readonly<Record<keyof typeof IN_LARGE, number>>;

export function effortFor(links: number, nodes = 0): Effort {
  const effort = EFFORTS.find((each) => links < each.links) ?? EFFORTS[5];
  if (nodes < LARGE) return effort;
  const least = (what: keyof Effort): number => Math.min(effort[what], IN_LARGE[what]);
  return { starts: least('starts'), kicks: least('kicks'), kept: least('kept') };
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
    sifter.sift(BUDGET);
    takeSifted(graph, order, sifter, found);
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

/** The order that the sifter's line stands for, each vertex then sifted within its layer. */
function takeSifted(graph: ProperGraph, order: LayerOrder, sifter: Sifter, found: Found): void {
  sifter.writeTo(order);
  found.take(order, countCrossings(graph, order) - siftAll(graph, order));
}

/** The best order, some of it put elsewhere again and again; some that are as good are taken on the way. */
function kickAround(graph: ProperGraph, sifter: Sifter, found: Found, kicks: number): void {
  const order = { ...found.best, slots: found.best.slots.slice(), positions: found.best.positions.slice() };
  sifter.lineUp(order);
  sifter.sift(KICK_BUDGET);
  const chance = lottery(1);
  const end = sifter.work + KICK_BUDGET;
  const most = Math.min(kicks, KICKS_PER_BLOCK * sifter.blocks);
  for (let kick = 1; kick <= most && found.fewest > 0 && sifter.work < end; kick++) {
    sifter.kick(chance);
    if (kick % ALSO_TAKEN === 0) takeSifted(graph, order, sifter, found);
  }
  takeSifted(graph, order, sifter, found);
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

/** Every vertex to where it crosses least, layer by layer, as long as something beside a layer moves. The crossings saved. */
function siftAll(graph: ProperGraph, order: LayerOrder): number {
  let saved = 0;
  const settled = new Uint8Array(graph.layerCount);
  for (let round = 0, before = -1; round < SIFT_ROUNDS && saved > before; round++) {
    before = saved;
    for (let layer = 0; layer < graph.layerCount; layer++) {
      if (settled[layer]) continue;
      settled[layer] = 1;
      const gain = siftLayer(graph, order, layer);
      if (gain > 0) settled.fill(0, Math.max(0, layer - 1), layer + 2);
      saved += gain;
    }
  }
  return saved;
}

function siftLayer(graph: ProperGraph, order: LayerOrder, layer: number): number {
  const row = order.slots.slice(int(order.starts, layer), int(order.starts, layer + 1));
  if (row.length < 2 || row.length > MOST_SIFTED) return 0;
  return row.reduce((saved, v) => saved + sift(graph, order, layer, v), 0);
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
