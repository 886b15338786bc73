/**
 * A layered layout in the way of Sugiyama, Tagawa and Toda (1981), near-linear in nodes and edges:
 * layers, then bends for long edges, order within layers, coordinates, curves. The same graph gives the same layout.
 */
import { int, item, real } from './arrays';
import { boundsOf } from './bounds';
import { denseGraph, extents, type DenseGraph } from './dense';
import { aroundLabels, placeLabels } from './labels';
import { connectedParts, inLine, inRows } from './parts';
import { routeEdges, type Placement } from './routing';
import { bestTrial } from './trials';
import type {
  Label,
  Layout,
  LayoutGraph,
  LayoutNode,
  LayoutOptions,
  PlacedNode,
  Point,
  Rect,
  Route,
  Size,
} from './types';

const NODE_GAP = 32;
const PART_GAP = 64;
const LAYER_GAPS = { down: 56, right: 112 } as const;

/** Lays out any directed graph: cycles are broken, edges to unknown nodes and from a node to itself are left out. */
export function layout(graph: LayoutGraph, options: LayoutOptions): Layout {
  const parts = connectedParts(graph).map((part) => layoutPart(part, options));
  const sizes = parts.map(({ bounds }) => bounds);
  const pinned = graph.nodes.some(({ end }) => end !== undefined);
  const corners = pinned ? inLine(sizes, PART_GAP, options.direction) : inRows(sizes, PART_GAP);
  const moved = parts.map((part, i) => movedTo(part, item(corners, i)));
  const nodes = moved.flatMap((part) => part.nodes);
  const lines = moved.flatMap((part) => part.lines);
  const labels = placeLabels(nodes, lines, options.direction);
  return {
    direction: options.direction,
    nodes: byId(nodes),
    edges: byId(lines.map((line, e) => labelled(line, item(labels, e)))),
    boxes: new Map(),
    bounds: aroundLabels(around(sizes, corners), labels),
  };
}

function labelled({ id, source, target, points }: Line, label: Label | null): Route {
  return { id, source, target, points, label };
}

function byId<T extends { readonly id: number }>(items: readonly T[]): Map<number, T> {
  const all = new Map<number, T>();
  for (const each of items) all.set(each.id, each);
  return all;
}

/** The rectangle around all parts where they are put; the corner of the first is at 0, 0. */
function around(parts: readonly Size[], corners: readonly Point[]): Rect {
  const ends = corners.map((corner, i) => ({
    x: corner.x + item(parts, i).width,
    y: corner.y + item(parts, i).height,
  }));
  const width = ends.reduce((most, end) => Math.max(most, end.x), 0);
  const height = ends.reduce((most, end) => Math.max(most, end.y), 0);
  return { x: 0, y: 0, width, height };
}

type Line = Omit<Route, 'label'>;

interface Part {
  readonly nodes: readonly PlacedNode[];
  readonly lines: readonly Line[];
  readonly bounds: Rect;
}

function layoutPart(graph: LayoutGraph, options: LayoutOptions): Part {
  const sideways = options.direction === 'right';
  const dense = denseGraph(graph);
  const { across, along } = extents(graph, sideways);
  const { layers, proper, x } = bestTrial(graph, dense, across, options.nodeGap ?? NODE_GAP);
  const bands = layerBands(layers, along, options.layerGap ?? LAYER_GAPS[options.direction]);
  const crowns = Float64Array.from(graph.nodes, ({ crown = 0 }) => (sideways ? crown : 0));
  const placement: Placement = { x, across, along, crowns, ...bands };
  const routes = routeEdges(dense, proper, placement);
  const nodes = graph.nodes.map((node, i) => {
    const layer = int(layers, i);
    const y = (real(bands.tops, layer) + real(bands.bottoms, layer)) / 2;
    return placedAt(node, sideways ? y : real(x, i), sideways ? real(x, i) : y);
  });
  const lines = dense.edges.map((_, e) => toLine(dense, e, item(routes, e), sideways));
  return { nodes, lines, bounds: boundsOf(nodes, lines) };
}

/** Written out: spread objects are slow, and there is one for each node. */
function placedAt({ id, width, height, box }: LayoutNode, x: number, y: number): PlacedNode {
  return box === undefined ? { id, width, height, x, y } : { id, width, height, box, x, y };
}

function movedTo({ nodes, lines, bounds }: Part, corner: Point): Pick<Part, 'nodes' | 'lines'> {
  const by = [corner.x - bounds.x, corner.y - bounds.y] as const;
  if (by[0] === 0 && by[1] === 0) return { nodes, lines };
  return {
    nodes: nodes.map((node) => placedAt(node, node.x + by[0], node.y + by[1])),
    lines: lines.map(({ id, source, target, points }) => ({
      id,
      source,
      target,
      points: shifted(points, ...by),
    })),
  };
}

function shifted(points: readonly number[], x: number, y: number): number[] {
  const moved: number[] = [];
  for (let i = 0; i < points.length; i += 2) moved.push(item(points, i) + x, item(points, i + 1) + y);
  return moved;
}

function layerBands(
  layers: Int32Array,
  along: Float64Array,
  gap: number,
): Pick<Placement, 'tops' | 'bottoms'> {
  const count = layers.reduce((most, layer) => Math.max(most, layer + 1), 0);
  const depths = new Float64Array(count);
  layers.forEach((layer, v) => (depths[layer] = Math.max(real(depths, layer), real(along, v))));
  const tops = new Float64Array(count);
  for (let l = 1; l < count; l++) tops[l] = real(tops, l - 1) + real(depths, l - 1) + gap;
  return { tops, bottoms: tops.map((top, l) => top + real(depths, l)) };
}

function toLine(dense: DenseGraph, e: number, points: number[], sideways: boolean): Line {
  const { id, source, target } = item(dense.edges, e);
  const forwards = dense.turned[e] ? reversed(points) : points;
  return { id, source, target, points: sideways ? swapped(forwards) : forwards };
}

function reversed(points: readonly number[]): number[] {
  return points.map((_, i) => item(points, points.length - 2 - i + 2 * (i % 2)));
}

function swapped(points: readonly number[]): number[] {
  return points.map((_, i) => item(points, i ^ 1));
}
