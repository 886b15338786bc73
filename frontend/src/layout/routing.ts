/**
 * Edges as smooth curves: down from the source's border, straight through the layers between, into the target's.
 * Edges that share a border are set apart on it, in the order in which they come, parallel ones included.
 */
import { degree, groupRows, indices, int, item, real, type Rows } from './arrays';
import { heldAt, type DenseGraph } from './dense';
import type { ProperGraph } from './proper';
import { separate } from './separate';

/** Everything placed, with layers going down. */
export interface Placement {
  readonly x: Float64Array;
  readonly across: Float64Array;
  readonly along: Float64Array;
  /** What of a node's border, on its left, takes no edges. */
  readonly crowns: Float64Array;
  /** Top and bottom of each layer. */
  readonly tops: Float64Array;
  readonly bottoms: Float64Array;
}

const PORT_GAP = 20;
/** Room that edges keep from a node's corners, and the share of its width that they may use at most. */
const CORNER = 14;
const PORT_REACH = 0.42;
const PORT_ROUNDS = 3;
const MIN_TAIL = 6;
const MIN_JOG = 9;

type Ends = readonly [exits: Float64Array, entries: Float64Array];
type End = 'from' | 'to';
/** The edges at the lower borders of nodes and at the upper ones, from left to right. */
type Sides = readonly [below: Rows, above: Rows];

/** For each edge of the dense graph its points from `from` to `to`. */
export function routeEdges(graph: DenseGraph, proper: ProperGraph, placement: Placement): number[][] {
  const sides: Sides = [
    edgesByNode(graph, proper, placement, 'from'),
    edgesByNode(graph, proper, placement, 'to'),
  ];
  const ends = ports(graph, proper, placement, sides);
  straighten(graph, proper, placement, ends, sides);
  const [exits, entries] = ends;
  return graph.edges.map((_, e) =>
    curve(waypoints(graph, proper, placement, e, [real(exits, e), real(entries, e)])),
  );
}

/** The middle of what of a node's border takes edges. */
function doorOf({ x, crowns }: Placement, v: number): number {
  return real(x, v) + real(crowns, v) / 2;
}

/** How far from that middle it takes them. */
function reachOf(placement: Placement, v: number): number {
  const across = real(placement.across, v) - real(placement.crowns, v);
  return Math.max(0, Math.min(across * PORT_REACH, across / 2 - CORNER));
}

/**
 * Where each edge meets the borders of its nodes: as near to each other as these are wide. Both ends first take what
 * both can reach, then give way to their neighbours in turn, so that what can be straight becomes so.
 */
function ports(graph: DenseGraph, proper: ProperGraph, placement: Placement, sides: Sides): Ends {
  const both: Ends = [new Float64Array(graph.edges.length), new Float64Array(graph.edges.length)];
  graph.edges.forEach((_, e) => {
    both[0][e] = facing(graph, proper, placement, e, 'from');
    both[1][e] = facing(graph, proper, placement, e, 'to');
  });
  hold(graph, placement, both);
  for (let round = 0; round < PORT_ROUNDS; round++) {
    const own = round % 2;
    setApart(placement, sides[own] as Rows, both[own] as Float64Array);
    graph.edges.forEach((_, e) => {
      if (int(proper.firstBend, e) >= 0) return;
      const other = both[1 - own] as Float64Array;
      const v = int(own === 0 ? graph.to : graph.from, e);
      other[e] = within(placement, v, real(both[own] as Float64Array, e));
    });
    hold(graph, placement, both);
  }
  setApart(placement, sides[1] as Rows, both[1]);
  hold(graph, placement, both);
  return both;
}

/** What is held at a place is there, whatever is beside it. */
function hold(graph: DenseGraph, { x }: Placement, [exits, entries]: Ends): void {
  graph.edges.forEach((edge, e) => {
    if (edge.exit === undefined && edge.entry === undefined) return;
    const [exit, entry] = [heldAt(graph, e, 'from'), heldAt(graph, e, 'to')];
    if (exit !== undefined) exits[e] = real(x, int(graph.from, e)) + exit;
    if (entry !== undefined) entries[e] = real(x, int(graph.to, e)) + entry;
  });
}

function within(placement: Placement, v: number, wish: number): number {
  const [centre, reach] = [doorOf(placement, v), reachOf(placement, v)];
  return Math.min(centre + reach, Math.max(centre - reach, wish));
}

/** The place on an end's border nearest to the other end, or in the middle of what both can reach. */
function facing(graph: DenseGraph, proper: ProperGraph, placement: Placement, e: number, end: End): number {
  const own = int(graph[end], e);
  const next = nextVertex(graph, proper, e, end);
  const x = real(placement.x, next);
  const held = heldAt(graph, e, end === 'from' ? 'to' : 'from');
  if (next >= graph.count) return within(placement, own, x);
  if (held !== undefined) return within(placement, own, x + held);
  const middle = (doorOf(placement, own) + doorOf(placement, next)) / 2;
  return within(placement, own, within(placement, next, middle));
}

/** For each node the edges at this end of it, by where they go next, parallel ones by slot. */
function edgesByNode(graph: DenseGraph, proper: ProperGraph, { x }: Placement, end: End): Rows {
  const rows = groupRows(graph.count, graph[end], indices(graph.edges.length));
  const slot = (e: number): number => item(graph.edges, e).slot;
  const next = (e: number): number => {
    const vertex = nextVertex(graph, proper, e, end);
    const held = vertex < graph.count ? heldAt(graph, e, end === 'from' ? 'to' : 'from') : undefined;
    return real(x, vertex) + (held ?? 0);
  };
  for (let v = 0; v < graph.count; v++) {
    if (degree(rows, v) < 2) continue;
    const edges = rows.items.subarray(int(rows.starts, v), int(rows.starts, v + 1));
    edges.sort((a, b) => next(a) - next(b) || slot(a) - slot(b) || a - b);
  }
  return rows;
}

function setApart(placement: Placement, rows: Rows, at: Float64Array): void {
  for (let v = 0; v + 1 < rows.starts.length; v++) {
    const first = int(rows.items, int(rows.starts, v));
    const count = degree(rows, v);
    if (count === 1) at[first] = within(placement, v, real(at, first));
    if (count > 1)
      setAllApart(placement, v, rows.items.subarray(int(rows.starts, v), int(rows.starts, v + 1)), at);
  }
}

function setAllApart(placement: Placement, v: number, edges: Int32Array, at: Float64Array): void {
  const [centre, reach] = [doorOf(placement, v), reachOf(placement, v)];
  const gap = Math.min(PORT_GAP, (2 * reach) / (edges.length - 1));
  const places = separate(
    Float64Array.from(edges, (e) => within(placement, v, real(at, e))),
    new Float64Array(edges.length).fill(1),
    new Float64Array(edges.length).fill(gap),
  );
  const shift = overhang(places, centre, reach);
  edges.forEach((e, i) => (at[e] = real(places, i) - shift));
}

/** A jog too small to mean anything is taken out: the ends meet halfway, or stand in line with the bend. */
function straighten(
  graph: DenseGraph,
  proper: ProperGraph,
  placement: Placement,
  [exits, entries]: Ends,
  sides: Sides,
): void {
  const mayExit = betweenNeighbours(sides[0], exits);
  const mayEnter = betweenNeighbours(sides[1], entries);
  graph.edges.forEach((_, e) => {
    const [exit, entry] = [real(exits, e), real(entries, e)];
    const bends = bendCount(graph, proper, e);
    const halfway = (exit + entry) / 2;
    const first = bends > 0 ? real(placement.x, int(proper.firstBend, e)) : halfway;
    const last = bends > 0 ? real(placement.x, int(proper.firstBend, e) + bends - 1) : halfway;
    if (Math.abs(exit - first) >= MIN_JOG || Math.abs(entry - last) >= MIN_JOG) return;
    if (!mayExit(e, first) || !mayEnter(e, last)) return;
    exits[e] = first;
    entries[e] = last;
  });
  hold(graph, placement, [exits, entries]);
}

/** Whether an edge may meet a border at a place: between those beside it, or it would cross them there. */
function betweenNeighbours({ starts, items }: Rows, at: Float64Array): (e: number, place: number) => boolean {
  const [before, after] = [new Int32Array(at.length).fill(-1), new Int32Array(at.length).fill(-1)];
  for (let v = 0; v + 1 < starts.length; v++) {
    for (let k = int(starts, v) + 1; k < int(starts, v + 1); k++) {
      before[int(items, k)] = int(items, k - 1);
      after[int(items, k - 1)] = int(items, k);
    }
  }
  return (e, place) => {
    const [left, right] = [int(before, e), int(after, e)];
    return (left < 0 || real(at, left) <= place) && (right < 0 || place <= real(at, right));
  };
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

/** The places that an edge passes, flat: x0 y0 x1 y1 … */
function waypoints(
  graph: DenseGraph,
  proper: ProperGraph,
  placement: Placement,
  e: number,
  [exit, entry]: readonly [number, number],
): number[] {
  const { tops, bottoms, along, x } = placement;
  const [from, to] = [int(graph.from, e), int(graph.to, e)];
  const [first, last] = [int(proper.layers, from), int(proper.layers, to)];
  const start = middleOf(placement, first) + real(along, from) / 2;
  const points = [exit, start];
  if (real(bottoms, first) - start > MIN_TAIL) points.push(exit, real(bottoms, first));
  const bends = bendCount(graph, proper, e);
  for (let i = 0; i < bends; i++) {
    const bend = real(x, int(proper.firstBend, e) + i);
    points.push(bend, real(tops, first + 1 + i), bend, real(bottoms, first + 1 + i));
  }
  const end = middleOf(placement, last) - real(along, to) / 2;
  if (end - real(tops, last) > MIN_TAIL) points.push(entry, real(tops, last));
  points.push(entry, end);
  return points;
}

function middleOf({ tops, bottoms }: Placement, layer: number): number {
  return (real(tops, layer) + real(bottoms, layer)) / 2;
}

/** Cubic pieces with vertical tangents; straight runs become one piece. */
function curve(waypoints: readonly number[]): number[] {
  let [fromX, fromY] = [item(waypoints, 0), item(waypoints, 1)];
  const points = [fromX, fromY];
  const last = waypoints.length - 2;
  for (let i = 2; i <= last; i += 2) {
    const [x, y] = [item(waypoints, i), item(waypoints, i + 1)];
    if (i < last && item(waypoints, i - 2) === x && item(waypoints, i + 2) === x) continue;
    const halfway = (fromY + y) / 2;
    points.push(fromX, halfway, x, halfway, x, y);
    [fromX, fromY] = [x, y];
  }
  return points;
}
