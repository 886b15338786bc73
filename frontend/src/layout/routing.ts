/**
 * Edges as smooth curves: down from the source's border, straight through the layers between, into the target's.
 * Edges that share a border are set apart on it, in the order in which they come, parallel ones included.
 */
import { int, item, real } from './arrays';
import type { DenseGraph } from './dense';
import type { ProperGraph } from './proper';
import { separate } from './separate';

/** Everything placed, with layers going down. */
export interface Placement {
  readonly x: Float64Array;
  readonly across: Float64Array;
  readonly along: Float64Array;
  /** Top and bottom of each layer. */
  readonly tops: Float64Array;
  readonly bottoms: Float64Array;
}

const PORT_GAP = 20;
const PORT_REACH = 0.3;
const MIN_TAIL = 6;
const MIN_JOG = 9;

type Ends = readonly [exits: Float64Array, entries: Float64Array];

/** For each edge of the dense graph its points from `from` to `to`. */
export function routeEdges(graph: DenseGraph, proper: ProperGraph, placement: Placement): number[][] {
  const exits = ports(graph, proper, placement, 'from');
  const entries = ports(graph, proper, placement, 'to');
  straighten(graph, proper, placement, [exits, entries]);
  return graph.edges.map((_, e) =>
    curve(waypoints(graph, proper, placement, e, [real(exits, e), real(entries, e)])),
  );
}

/** Where each edge meets the border of its `from` or `to` node. */
function ports(
  graph: DenseGraph,
  proper: ProperGraph,
  placement: Placement,
  end: 'from' | 'to',
): Float64Array {
  const at = new Float64Array(graph.edges.length);
  const byNode: number[][] = Array.from({ length: graph.count }, () => []);
  graph.edges.forEach((_, e) => byNode[int(graph[end], e)]?.push(e));
  byNode.forEach((edges, v) => {
    const wished = new Map(edges.map((e) => [e, real(placement.x, nextVertex(graph, proper, e, end))]));
    const wish = (e: number): number => wished.get(e) ?? 0;
    edges.sort((a, b) => wish(a) - wish(b) || item(graph.edges, a).slot - item(graph.edges, b).slot || a - b);
    const reach = real(placement.across, v) * PORT_REACH;
    const gap = Math.min(PORT_GAP, (2 * reach) / Math.max(1, edges.length - 1));
    const centre = real(placement.x, v);
    const near = (e: number): number => Math.min(centre + reach, Math.max(centre - reach, wish(e)));
    const places = separate(
      Float64Array.from(edges, near),
      new Float64Array(edges.length).fill(1),
      new Float64Array(edges.length).fill(gap),
    );
    const shift = overhang(places, centre, reach);
    edges.forEach((e, i) => (at[e] = real(places, i) - shift));
  });
  return at;
}

/** A jog too small to mean anything is taken out: the ends meet halfway, or stand in line with the bend. */
function straighten(
  graph: DenseGraph,
  proper: ProperGraph,
  placement: Placement,
  [exits, entries]: Ends,
): void {
  graph.edges.forEach((_, e) => {
    const [exit, entry] = [real(exits, e), real(entries, e)];
    const bends = bendCount(graph, proper, e);
    const halfway = (exit + entry) / 2;
    const first = bends > 0 ? real(placement.x, int(proper.firstBend, e)) : halfway;
    const last = bends > 0 ? real(placement.x, int(proper.firstBend, e) + bends - 1) : halfway;
    if (Math.abs(exit - first) < MIN_JOG && Math.abs(entry - last) < MIN_JOG) {
      exits[e] = first;
      entries[e] = last;
    }
  });
}

/** How far places stick out of the node's border; taken off, they are back on it. */
function overhang(places: Float64Array, centre: number, reach: number): number {
  const first = places[0] ?? centre;
  const last = places.at(-1) ?? centre;
  return Math.max(0, last - centre - reach) + Math.min(0, first - centre + reach);
}

/** The vertex that the edge goes to next from its `end`. */
function nextVertex(graph: DenseGraph, proper: ProperGraph, e: number, end: 'from' | 'to'): number {
  const first = int(proper.firstBend, e);
  if (first < 0) return int(end === 'from' ? graph.to : graph.from, e);
  return end === 'from' ? first : first + bendCount(graph, proper, e) - 1;
}

function bendCount(graph: DenseGraph, proper: ProperGraph, e: number): number {
  if (int(proper.firstBend, e) < 0) return 0;
  return int(proper.layers, int(graph.to, e)) - int(proper.layers, int(graph.from, e)) - 1;
}

type Waypoint = readonly [x: number, y: number];

function waypoints(
  graph: DenseGraph,
  proper: ProperGraph,
  placement: Placement,
  e: number,
  [exit, entry]: readonly [number, number],
): Waypoint[] {
  const { tops, bottoms, along, x } = placement;
  const [from, to] = [int(graph.from, e), int(graph.to, e)];
  const [first, last] = [int(proper.layers, from), int(proper.layers, to)];
  const middle = (layer: number): number => (real(tops, layer) + real(bottoms, layer)) / 2;
  const points: Waypoint[] = [[exit, middle(first) + real(along, from) / 2]];
  if (real(bottoms, first) - (points[0] as Waypoint)[1] > MIN_TAIL) points.push([exit, real(bottoms, first)]);
  for (let i = 0; i < bendCount(graph, proper, e); i++) {
    const bend = real(x, int(proper.firstBend, e) + i);
    points.push([bend, real(tops, first + 1 + i)], [bend, real(bottoms, first + 1 + i)]);
  }
  const end = middle(last) - real(along, to) / 2;
  if (end - real(tops, last) > MIN_TAIL) points.push([entry, real(tops, last)]);
  points.push([entry, end]);
  return points;
}

/** Cubic pieces with vertical tangents; straight runs become one piece. */
function curve(waypoints: readonly Waypoint[]): number[] {
  const kept = waypoints.filter(([x], i) => {
    const [before, after] = [waypoints[i - 1], waypoints[i + 1]];
    return before === undefined || after === undefined || before[0] !== x || after[0] !== x;
  });
  const points: number[] = [];
  kept.forEach(([x, y], i) => {
    const before = kept[i - 1];
    if (before === undefined) return points.push(x, y);
    const halfway = (before[1] + y) / 2;
    return points.push(before[0], halfway, x, halfway, x, y);
  });
  return points;
}
