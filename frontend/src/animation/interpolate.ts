/**
 * Between two layouts: what both have moves; what only the second has appears, out of the group that opened where it is
 * in one. A face that becomes a box grows into it, and a box that closes shrinks to its face.
 */
import type { Layout, PlacedBox, PlacedNode, Rect, Route } from '../layout/types';
import { easeInOut } from './easing';

/** The layout at share `t` of the way from `from` to `to`; at 1 it is `to` itself. */
export function interpolateLayout(from: Layout, to: Layout, t: number): Layout {
  if (t >= 1) return to;
  const share = easeInOut(t);
  const way: Way = { from, to, share, mix: (a, b) => a + (b - a) * share };
  return {
    direction: to.direction,
    nodes: mapValues(to.nodes, (node) => mixPlace(node, way)),
    edges: mapValues(to.edges, (edge) => mixRoute(from.edges.get(edge.id), edge, way)),
    boxes: mapValues(to.boxes, (box) => mixPlace(box, way)),
    bounds: mixRect(from.bounds, to.bounds, way),
  };
}

interface Way {
  readonly from: Layout;
  readonly to: Layout;
  readonly share: number;
  mix(a: number, b: number): number;
}

function mapValues<T>(map: ReadonlyMap<number, T>, change: (value: T) => T): Map<number, T> {
  return new Map(Array.from(map, ([id, value]) => [id, change(value)]));
}

/** What was there goes from where it was; what was not, from its place within the face that opened. */
function mixPlace<T extends PlacedNode | PlacedBox>(b: T, { from, to, share, mix }: Way): T {
  const a = from.nodes.get(b.id) ?? from.boxes.get(b.id);
  if (a === undefined) {
    const origin = originOf(b, from, to);
    return { ...b, x: mix(origin.x, b.x), y: mix(origin.y, b.y), presence: share };
  }
  const [width, height] = [mix(a.width, b.width), mix(a.height, b.height)];
  return { ...b, x: mix(a.x, b.x), y: mix(a.y, b.y), width, height };
}

/** Where it would have been within the nearest group around it that was there before. */
function originOf(place: PlacedNode, from: Layout, to: Layout): { x: number; y: number } {
  for (let id = place.box ?? null; id !== null; id = to.boxes.get(id)?.box ?? null) {
    const [before, after] = [from.nodes.get(id) ?? from.boxes.get(id), to.boxes.get(id)];
    if (before === undefined || after === undefined) continue;
    return {
      x: before.x + ((place.x - after.x) * before.width) / after.width,
      y: before.y + ((place.y - after.y) * before.height) / after.height,
    };
  }
  return place;
}

/** A route that changed its number of bends moves with its ends: it is drawn as one piece until it is there. */
function mixRoute(a: Route | undefined, b: Route, { from, to, share, mix }: Way): Route {
  if (a === undefined) return { ...b, presence: Math.max(0, 2 * share - 1) };
  const [start, end] =
    a.points.length === b.points.length ? [a.points, b.points] : [onePiece(a, from), onePiece(b, to)];
  const label = a.label &&
    b.label && { ...b.label, x: mix(a.label.x, b.label.x), y: mix(a.label.y, b.label.y) };
  return { ...b, points: end.map((value, i) => mix(start[i] ?? value, value)), label };
}

function onePiece({ points }: Route, { direction }: Layout): number[] {
  const [x0 = 0, y0 = 0] = points;
  const [x1, y1] = [points.at(-2) ?? x0, points.at(-1) ?? y0];
  const [mx, my] = [(x0 + x1) / 2, (y0 + y1) / 2];
  return direction === 'down' ? [x0, y0, x0, my, x1, my, x1, y1] : [x0, y0, mx, y0, mx, y1, x1, y1];
}

function mixRect(a: Rect, b: Rect, { mix }: Way): Rect {
  return {
    x: mix(a.x, b.x),
    y: mix(a.y, b.y),
    width: mix(a.width, b.width),
    height: mix(a.height, b.height),
  };
}
