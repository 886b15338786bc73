/** Orders to begin from: walks from the outputs up and from the sources down, then the same with links shuffled. */
import { degree, indices, int, type Rows } from './arrays';
import type { LayerOrder } from './crossings';
import type { ProperGraph } from './proper';

/** As many orders as asked for, each made when it is its turn. */
export function* firstOrders(graph: ProperGraph, count: number): Generator<LayerOrder> {
  for (let run = 0; run < count; run++) {
    const chance = run < 4 ? null : lottery(run);
    const broad = run % 4 > 1;
    yield orderOf(graph, run % 2 === 0 ? walkUp(graph, chance, broad) : walkDown(graph, chance, broad));
  }
}

/** A whole number from 0 up to below one given. */
export type Chance = (below: number) => number;

/** Numbers that look random and are the same every time: a linear congruential generator. */
export function lottery(seed: number): Chance {
  let state = seed * 7919;
  return (below) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * below);
  };
}

/** Vertices in the order in which the walk meets them, by layer. */
function orderOf(graph: ProperGraph, walk: Int32Array): LayerOrder {
  const starts = new Int32Array(graph.layerCount + 2);
  for (const layer of graph.layers) starts[layer + 1] = int(starts, layer + 1) + 1;
  for (let l = 0; l <= graph.layerCount; l++) starts[l + 1] = int(starts, l + 1) + int(starts, l);
  const next = starts.slice();
  const order = { starts, slots: new Int32Array(graph.count), positions: new Int32Array(graph.count) };
  for (const v of walk) {
    const layer = int(graph.layers, v);
    const slot = int(next, layer);
    order.slots[slot] = v;
    order.positions[v] = slot - int(starts, layer);
    next[layer] = slot + 1;
  }
  return order;
}

/** From those without consumers up, a vertex's inputs by slot. */
function walkUp(graph: ProperGraph, chance: Chance | null, broad: boolean): Int32Array {
  const next = nextOf([graph.linksAbove, graph.upper], chance);
  return (broad ? walkBroad : walkDeep)(graph.count, rootsOf(graph.count, graph.linksBelow, chance), next);
}

/** From the sources down, a vertex's consumers in their order. */
function walkDown(graph: ProperGraph, chance: Chance | null, broad: boolean): Int32Array {
  const next = nextOf([graph.linksBelow, graph.lower], chance);
  return (broad ? walkBroad : walkDeep)(graph.count, rootsOf(graph.count, graph.linksAbove, chance), next);
}

type Next = (v: number) => Int32Array;

function nextOf([rows, ends]: [Rows, Int32Array], chance: Chance | null): Next {
  return (v) => {
    const links = rows.items.slice(int(rows.starts, v), int(rows.starts, v + 1));
    return shuffled(links, chance).map((link) => int(ends, link));
  };
}

function rootsOf(count: number, back: Rows, chance: Chance | null): Int32Array {
  return shuffled(
    indices(count).filter((v) => degree(back, v) === 0),
    chance,
  );
}

/** Every vertex once, each followed by what it leads to. */
function walkDeep(count: number, roots: Int32Array, next: Next): Int32Array {
  const seen = new Uint8Array(count);
  const walk = new Int32Array(count);
  let met = 0;
  for (const root of roots) {
    const stack = [root];
    for (let v = stack.pop(); v !== undefined; v = stack.pop()) {
      if (seen[v]) continue;
      seen[v] = 1;
      walk[met++] = v;
      for (const u of next(v).reverse()) stack.push(u);
    }
  }
  return walk;
}

/** Every vertex once, the nearest first. */
function walkBroad(count: number, roots: Int32Array, next: Next): Int32Array {
  const seen = new Uint8Array(count);
  const walk = new Int32Array(count);
  let met = 0;
  const visit = (v: number): void => {
    if (seen[v]) return;
    seen[v] = 1;
    walk[met++] = v;
  };
  roots.forEach(visit);
  for (let i = 0; i < met; i++) next(int(walk, i)).forEach(visit);
  return walk;
}

function shuffled(list: Int32Array, chance: Chance | null): Int32Array {
  if (chance === null) return list;
  for (let i = list.length - 1; i > 0; i--) {
    const j = chance(i + 1);
    const kept = int(list, i);
    list[i] = int(list, j);
    list[j] = kept;
  }
  return list;
}
