/** What lies under a point of the layout: a node or a closed group, an open group's header, the nearest edge in reach. */
import type { Layout, PlacedBox, PlacedNode, Route } from '../layout/types';
import { pointAt } from '../layout/curves';
import type { SceneInput, Target } from './types';
import { pointBounds } from './visible';

const REACH = 6;
const SAMPLES = 24;

/** What is visible, and where. */
export type Picture = Pick<SceneInput, 'fold' | 'layout'>;

/** `reach` is how far, in layout units, an edge may be from the point. */
export function hitTest({ fold, layout }: Picture, x: number, y: number, reach = REACH): Target | null {
  for (const node of layout.nodes.values()) {
    const item = fold.items.get(node.id);
    if (item === undefined || !inside(node, x, y)) continue;
    return item.kind === 'group' ? { kind: 'group', id: item.id } : { kind: 'node', id: item.node.id };
  }
  for (const box of [...layout.boxes.values()].reverse()) {
    if (inHeader(box, x, y)) return { kind: 'group', id: box.id };
  }
  return nearestEdge(layout, x, y, reach);
}

/** The innermost open group around a point; null where it is in none. */
export function boxAt({ layout }: Picture, x: number, y: number): number | null {
  return [...layout.boxes.values()].findLast((box) => inside(box, x, y))?.id ?? null;
}

function nearestEdge(layout: Layout, x: number, y: number, reach: number): Target | null {
  let nearest: Target | null = null;
  let least = reach;
  for (const route of layout.edges.values()) {
    const distance = near(route, x, y, reach) ? distanceTo(route, x, y) : Infinity;
    if (distance > least) continue;
    least = distance;
    nearest = { kind: 'edge', id: route.id };
  }
  return nearest;
}

function inHeader({ x: cx, y: cy, width, height, header }: PlacedBox, x: number, y: number): boolean {
  const [right, down] = [x - (cx - width / 2), y - (cy - height / 2)];
  return right >= 0 && right <= header.width && down >= 0 && down <= header.height;
}

function inside(node: PlacedNode, x: number, y: number): boolean {
  return Math.abs(x - node.x) <= node.width / 2 && Math.abs(y - node.y) <= node.height / 2;
}

function near({ points }: Route, x: number, y: number, reach: number): boolean {
  const box = pointBounds(points, reach);
  return x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;
}

/** To the route's chords: a few samples for each piece are nearer than a finger. */
function distanceTo({ points }: Route, x: number, y: number): number {
  const samples = SAMPLES * Math.max(1, (points.length - 2) / 6);
  let least = Infinity;
  let from = pointAt(points, 0);
  for (let i = 1; i <= samples; i++) {
    const to = pointAt(points, i / samples);
    const [dx, dy] = [to.x - from.x, to.y - from.y];
    const share = ((x - from.x) * dx + (y - from.y) * dy) / (dx * dx + dy * dy || 1);
    const along = Math.min(1, Math.max(0, share));
    least = Math.min(least, Math.hypot(x - from.x - along * dx, y - from.y - along * dy));
    from = to;
  }
  return least;
}
