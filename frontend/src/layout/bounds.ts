/** The rectangle around nodes and routes. */
import { item } from './arrays';
import type { PlacedNode, Rect, Route } from './types';

/** All zero where there is nothing. */
export function boundsOf(nodes: readonly PlacedNode[], edges: readonly Pick<Route, 'points'>[]): Rect {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  const include = (x: number, y: number): void => {
    [left, top] = [Math.min(left, x), Math.min(top, y)];
    [right, bottom] = [Math.max(right, x), Math.max(bottom, y)];
  };
  for (const { x, y, width, height } of nodes) {
    include(x - width / 2, y - height / 2);
    include(x + width / 2, y + height / 2);
  }
  for (const { points } of edges)
    for (let i = 0; i < points.length; i += 2) include(item(points, i), item(points, i + 1));
  return nodes.length === 0
    ? { x: 0, y: 0, width: 0, height: 0 }
    : { x: left, y: top, width: right - left, height: bottom - top };
}
