/** Points on and pieces of a route: chained cubic Béziers as flat numbers. */
import type { Point } from './types';

export type { Point };

type Cubic = readonly [number, number, number, number, number, number, number, number];

/** The point at `t` (0 to 1) of the route's length. */
export function pointAt(points: readonly number[], t: number): Point {
  const pieces = cubics(points);
  const { index, local } = locate(pieces, t);
  const piece = pieces[index];
  if (piece === undefined) return { x: points[0] ?? 0, y: points[1] ?? 0 };
  const [, , , , , , x, y] = firstPart(piece, local);
  return { x, y };
}

/** The direction of travel at `t`, as an angle in radians. */
export function angleAt(points: readonly number[], t: number): number {
  const before = pointAt(points, Math.max(0, t - 0.01));
  const after = pointAt(points, Math.min(1, t + 0.01));
  return Math.atan2(after.y - before.y, after.x - before.x);
}

/** The stretch of a route between two shares of its length, as route points. */
export function stretch(points: readonly number[], from: number, to: number): number[] {
  const pieces = cubics(points);
  const start = locate(pieces, from);
  const end = locate(pieces, to);
  const kept = pieces.slice(start.index, end.index + 1).map((piece, i, all) => {
    const last = i === all.length - 1;
    const cut = last ? firstPart(piece, end.local) : piece;
    const share = last && end.local > 0 ? start.local / end.local : start.local;
    return i === 0 ? reversed(firstPart(reversed(cut), 1 - Math.min(1, share))) : cut;
  });
  const first = kept[0];
  return first === undefined ? [] : [first[0], first[1], ...kept.flatMap((piece) => piece.slice(2))];
}

function cubics(points: readonly number[]): Cubic[] {
  const pieces: Cubic[] = [];
  for (let i = 0; i + 7 < points.length; i += 6) pieces.push(points.slice(i, i + 8) as unknown as Cubic);
  return pieces;
}

function locate(pieces: readonly Cubic[], t: number): { index: number; local: number } {
  const lengths = pieces.map(roughLength);
  let left = Math.min(1, Math.max(0, t)) * lengths.reduce((sum, length) => sum + length, 0);
  for (const [index, length] of lengths.entries()) {
    if (left <= length || index === lengths.length - 1)
      return { index, local: length > 0 ? Math.min(1, left / length) : 0 };
    left -= length;
  }
  return { index: 0, local: 0 };
}

/** Between chord and control polygon: near enough for timing. */
function roughLength([x0, y0, x1, y1, x2, y2, x3, y3]: Cubic): number {
  const polygon = Math.hypot(x1 - x0, y1 - y0) + Math.hypot(x2 - x1, y2 - y1) + Math.hypot(x3 - x2, y3 - y2);
  return (polygon + Math.hypot(x3 - x0, y3 - y0)) / 2;
}

/** De Casteljau's first part, up to t. */
function firstPart([x0, y0, x1, y1, x2, y2, x3, y3]: Cubic, t: number): Cubic {
  const mix = (a: number, b: number): number => a + (b - a) * t;
  const [ax, ay, bx, by, cx, cy] = [
    mix(x0, x1),
    mix(y0, y1),
    mix(x1, x2),
    mix(y1, y2),
    mix(x2, x3),
    mix(y2, y3),
  ];
  const [dx, dy, ex, ey] = [mix(ax, bx), mix(ay, by), mix(bx, cx), mix(by, cy)];
  return [x0, y0, ax, ay, dx, dy, mix(dx, ex), mix(dy, ey)];
}

function reversed([x0, y0, x1, y1, x2, y2, x3, y3]: Cubic): Cubic {
  return [x3, y3, x2, y2, x1, y1, x0, y0];
}
