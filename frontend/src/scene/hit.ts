/** What lies under a point of the layout: a node before an edge, the nearest edge within reach. */
import type { Layout, PlacedNode, Route } from '../layout/types';
import { pointAt } from '../layout/curves';
import type { Target } from './types';
import { pointBounds } from './visible';

const REACH = 6;
const SAMPLES = 24;

/** `reach` is how far, in layout units, an edge may be from the point. */
export function hitTest(layout: Layout, x: number, y: number, reach = REACH): Target | null {
  for (const node of layout.nodes.values()) if (inside(node, x, y)) return { kind: 'node', id: node.id };
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
