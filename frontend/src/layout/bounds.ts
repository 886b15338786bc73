/** The rectangle around nodes and routes. */
import { item } from './arrays';
import type { PlacedNode, Rect, Route } from './types';

/** All zero where there is nothing. */
export function boundsOf(nodes: readonly PlacedNode[], edges: readonly Pick<Route, 'points'>[]): Rect {
  let left = Infinity;
  let top = Infinity;
  let right = -Infinity;
  let bottom = -Infinity;
  for (const { x, y, width, height } of nodes) {
    left = Math.min(left, x - width / 2);
    top = Math.min(top, y - height / 2);
    right = Math.max(right, x + width / 2);
    bottom = Math.max(bottom, y + height / 2);
  }
  for (const { points } of edges) {
    for (let i = 0; i < points.length; i += 2) {
      const x = item(points, i);
      const y = item(points, i + 1);
      left = Math.min(left, x);
      top = Math.min(top, y);
      right = Math.max(right, x);
      bottom = Math.max(bottom, y);
    }
  }
  return nodes.length === 0
    ? { x: 0, y: 0, width: 0, height: 0 }
    : { x: left, y: top, width: right - left, height: bottom - top };
}
