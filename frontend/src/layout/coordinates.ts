/**
 * Where each vertex stands within its layer. Sweeps move every layer to the weighted medians of its neighbours
 * above, below, then both, keeping order and gaps: heavy links (the trunk, long edges) come out straight.
 */
import { degree, int, item, real, type Rows } from './arrays';
import { leastOf, shortestOf, waysOf, type Drawn } from './choice';
import { countCrossings, type LayerOrder } from './crossings';
import { TRUNK, type ProperGraph } from './proper';
import { separate } from './separate';
import { shortenAcross } from './shortening';

const SWEEPS = 24;
const SETTLING = 6;
const BEND_WIDTH = 4;
const BEND_MASS = 4;
const SOURCE_MASS = 0.001;

/** How much heavier than others an edge of the trunk may be; the straightest that costs little more length is taken. */
const TRUNKS = [3, 1.01] as const;
const COSTS_LITTLE = 1.06;
/** A trunk that bends as it falls is taken only where a straighter one is this much longer. */
const SWAYING = 0.6;
const COSTS_MUCH = 1.15;

interface Spread {
  readonly gap: number;
  /** Whether a trunk that bends as it falls is tried. */
  readonly maySway: boolean;
}

/** Centres, by the order among those given that makes links shortest and crosses least. */
export function placeAcross(
  graph: ProperGraph,
  orders: readonly LayerOrder[],
  across: Float64Array,
  { gap, maySway }: Spread,
): Float64Array {
  const trunks = graph.count > MOST_TRIED ? TRUNKS.slice(0, 1) : TRUNKS;
  const found = orders.flatMap((order) => {
    const rows = layerRows(graph, order, across, gap);
    const crossings = countCrossings(graph, order);
    const swept = sweepAcross(graph, order, rows);
    const placed = (trunk: number): Placed => {
      const x = shortenAcross(graph, rows, swept, trunk);
      return { x, trunk, crossings, ...waysAcross(graph, across, x), swaying: () => placed(SWAYING) };
    };
    return trunks.map(placed);
  });
  const few = graph.count < FEW;
  const most = shortestOf(found) * COSTS_LITTLE;
  const near = found.filter(({ length }) => length <= most);
  const straight = near.filter(({ trunk }) => trunk === TRUNKS[0]);
  const firm = straight.length > 0 ? straight : near;
  const best = leastOf(firm);
  if (!maySway || few || graph.count > MOST_SWAYING) return best.x;
  const others = found.filter(({ trunk }) => trunk === TRUNKS[0]).slice(0, MOST_SWAYING / graph.count);
  const swaying = [best, ...others].map((each) => each.swaying());
  if (best.length < shortestOf(swaying) * COSTS_MUCH) return best.x;
  const swayed = leastOf(swaying, MARGIN);
  return (waysOf(swayed, SWAY_SHARE) < waysOf(best, SWAY_SHARE) ? swayed : best).x;
}

/** Vertices in all orders that are tried with a swaying trunk; how much better than the first another has to be. */
const MOST_SWAYING = 600;
/** What has fewer vertices is short anyway, and easiest to read with a straight trunk. */
const FEW = 16;
const MARGIN = 0.03;
const SWAY_SHARE = 0.5;

interface Placed extends Drawn {
  readonly x: Float64Array;
  readonly trunk: number;
  /** In the same order, with a trunk that bends as it falls. */
  readonly swaying: () => Placed;
}

const MOST_TRIED = 3000;
/** The share of a node's width within which edges may end, and the height that a link has at least. */
const REACH = 0.42;
const LEAST_HEIGHT = 56;

/** About how long links will be, drawn from border to border, and the trunk's way aside. */
export function waysAcross(
  graph: ProperGraph,
  across: Float64Array,
  x: Float64Array,
): Pick<Drawn, 'length' | 'sway'> {
  const reach = (v: number): number => (v < graph.real ? REACH * real(across, v) : 0);
  let [length, sway] = [0, 0];
  for (let link = 0; link < graph.upper.length; link++) {
    const [u, v] = [int(graph.upper, link), int(graph.lower, link)];
    const [from, to] = [real(graph.upperAside, link), real(graph.lowerAside, link)];
    const way = Math.abs(real(x, u) + from - real(x, v) - to);
    length += Math.hypot(LEAST_HEIGHT, Math.max(0, way - reach(u) - reach(v)));
    if (real(graph.weight, link) === TRUNK && u < graph.real && v < graph.real) sway += way;
  }
  return { length, sway };
}

function sweepAcross(graph: ProperGraph, order: LayerOrder, rows: readonly LayerRow[]): Float64Array {
  const sorted = sortedByPosition(graph, order);
  const x = new Float64Array(graph.count);
  for (const row of rows) settle(row, x, () => 0);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const both = sweep >= SWEEPS - SETTLING;
    const down = sweep % 2 === 0;
    const sides = both ? [sorted.above, sorted.below] : [down ? sorted.above : sorted.below];
    const wish = (v: number): number => weightedMedian(sides, x, v);
    for (let i = 0; i < rows.length; i++) settle(item(rows, down ? i : rows.length - 1 - i), x, wish);
  }
  return x;
}

/** Neighbours along links with their weights, left to right. */
interface Side {
  readonly rows: Rows;
  readonly ends: Int32Array;
  readonly weight: Float64Array;
  /** By link, how far right of the other end this end should stand for the link to be straight. */
  readonly aside: Float64Array;
}

export interface LayerRow {
  readonly vertices: Int32Array;
  readonly gaps: Float64Array;
  readonly masses: Float64Array;
  /** Written anew in every sweep. */
  readonly wishes: Float64Array;
}

function sortedByPosition(graph: ProperGraph, order: LayerOrder): { above: Side; below: Side } {
  const sort = (rows: Rows, ends: Int32Array, aside: Float64Array): Side => {
    const items = rows.items.slice();
    for (let v = 0; v < graph.count; v++) {
      const links = items.subarray(int(rows.starts, v), int(rows.starts, v + 1));
      if (links.length > 1) links.sort((a, b) => placed(order, ends, a) - placed(order, ends, b));
    }
    return { rows: { starts: rows.starts, items }, ends, weight: graph.weight, aside };
  };
  const { upperAside, lowerAside } = graph;
  const fromAbove = upperAside.map((aside, link) => aside - real(lowerAside, link));
  const fromBelow = fromAbove.map((aside) => -aside);
  return {
    above: sort(graph.linksAbove, graph.upper, fromAbove),
    below: sort(graph.linksBelow, graph.lower, fromBelow),
  };
}

function placed(order: LayerOrder, ends: Int32Array, link: number): number {
  return int(order.positions, int(ends, link));
}

/** The deeper a node's history, the less it gives way: the trunk of a long graph stays where it is. */
function mass(graph: ProperGraph, v: number): number {
  if (v >= graph.real) return BEND_MASS;
  const depth = int(graph.depths, v);
  return depth === 0 ? SOURCE_MASS : (1 + depth) ** 4;
}

function layerRows(graph: ProperGraph, order: LayerOrder, across: Float64Array, gap: number): LayerRow[] {
  const half = (v: number): number => (v < graph.real ? real(across, v) : BEND_WIDTH) / 2;
  const room = (v: number): number => (v < graph.real ? gap : gap / 2);
  return Array.from({ length: graph.layerCount }, (_, layer) => {
    const vertices = order.slots.slice(int(order.starts, layer), int(order.starts, layer + 1));
    const gaps = new Float64Array(vertices.length);
    for (let i = 1; i < vertices.length; i++) {
      const [left, right] = [int(vertices, i - 1), int(vertices, i)];
      gaps[i] = half(left) + half(right) + (room(left) + room(right)) / 2;
    }
    const masses = Float64Array.from(vertices, (v) => mass(graph, v));
    return { vertices, gaps, masses, wishes: new Float64Array(vertices.length) };
  });
}

function settle(row: LayerRow, x: Float64Array, wish: (v: number) => number): void {
  const { vertices, wishes } = row;
  for (let i = 0; i < vertices.length; i++) wishes[i] = wish(int(vertices, i));
  const places = vertices.length === 1 ? wishes : separate(wishes, row.masses, row.gaps);
  for (let i = 0; i < vertices.length; i++) x[int(vertices, i)] = real(places, i);
}

/** Half of the links' weight lies on either side; between two equally good neighbours, their middle. */
function weightedMedian(sides: readonly Side[], x: Float64Array, v: number): number {
  const [first, second] = sides;
  if (first !== undefined && second === undefined && degree(first.rows, v) === 1) {
    const link = int(first.rows.items, int(first.rows.starts, v));
    return real(x, int(first.ends, link)) + real(first.aside, link);
  }
  const pulls: { at: number; weight: number }[] = [];
  for (const { rows, ends, weight, aside } of sides) {
    for (let k = int(rows.starts, v); k < int(rows.starts, v + 1); k++) {
      const link = int(rows.items, k);
      pulls.push({ at: real(x, int(ends, link)) + real(aside, link), weight: real(weight, link) });
    }
  }
  if (sides.length > 1) pulls.sort((a, b) => a.at - b.at);
  const half = pulls.reduce((sum, pull) => sum + pull.weight, 0) / 2;
  let passed = 0;
  for (const [i, pull] of pulls.entries()) {
    passed += pull.weight;
    if (Math.abs(passed - half) < 1e-9)
      return between(pull.at, pulls[i + 1]?.at ?? pull.at, real(x, v), sides.length);
    if (passed > half) return pull.at;
  }
  return real(x, v);
}

function between(low: number, high: number, now: number, sides: number): number {
  return sides > 1 ? Math.min(high, Math.max(low, now)) : (low + high) / 2;
}
