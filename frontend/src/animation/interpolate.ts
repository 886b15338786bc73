/** Between two layouts: what both have moves, what only the second has stands at its place. */
import type { Layout, PlacedNode, Rect, Route } from '../layout/types';
import { easeInOut } from './easing';

/** The layout at share `t` of the way from `from` to `to`; at 1 it is `to` itself. */
export function interpolateLayout(from: Layout, to: Layout, t: number): Layout {
  if (t >= 1) return to;
  const share = easeInOut(t);
  const mix = (a: number, b: number): number => a + (b - a) * share;
  return {
    direction: to.direction,
    nodes: mapValues(to.nodes, (node) => mixNode(from.nodes.get(node.id), node, mix)),
    edges: mapValues(to.edges, (edge) => mixRoute(from.edges.get(edge.id), edge, mix)),
    boxes: to.boxes,
    bounds: mixRect(from.bounds, to.bounds, mix),
  };
}

type Mix = (a: number, b: number) => number;

function mapValues<T>(map: ReadonlyMap<number, T>, change: (value: T) => T): Map<number, T> {
  return new Map(Array.from(map, ([id, value]) => [id, change(value)]));
}

function mixNode(a: PlacedNode | undefined, b: PlacedNode, mix: Mix): PlacedNode {
  return a === undefined ? b : { ...b, x: mix(a.x, b.x), y: mix(a.y, b.y) };
}

/** A route that changed its number of bends moves with its ends: it is drawn as one piece until it is there. */
function mixRoute(a: Route | undefined, b: Route, mix: Mix): Route {
  if (a === undefined) return b;
  const [start, end] =
    a.points.length === b.points.length ? [a.points, b.points] : [onePiece(a), onePiece(b)];
  const label = { x: mix(a.label.x, b.label.x), y: mix(a.label.y, b.label.y) };
  return { ...b, points: end.map((value, i) => mix(start[i] ?? value, value)), label };
}

function onePiece({ points }: Route): number[] {
  const [x0 = 0, y0 = 0] = points;
  const [x1, y1] = [points.at(-2) ?? x0, points.at(-1) ?? y0];
  const [mx, my] = [(x0 + x1) / 2, (y0 + y1) / 2];
  return [x0, y0, x0, my, x1 === x0 ? mx : x1, my, x1, y1];
}

function mixRect(a: Rect, b: Rect, mix: Mix): Rect {
  return {
    x: mix(a.x, b.x),
    y: mix(a.y, b.y),
    width: mix(a.width, b.width),
    height: mix(a.height, b.height),
  };
}
