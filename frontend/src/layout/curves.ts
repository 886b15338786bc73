/** Points on and pieces of a route: chained cubic Béziers as flat numbers. */
import { item } from './arrays';
import type { Point } from './types';

export type { Point };

type Cubic = readonly [number, number, number, number, number, number, number, number];

/** The point at `t` (0 to 1) of the route's length. */
export function pointAt(points: readonly number[], t: number): Point {
  const last = points.length - 8;
  if (last < 0) return { x: points[0] ?? 0, y: points[1] ?? 0 };
  const share = Math.min(1, Math.max(0, t));
  if (last < 6) return onPiece(points, 0, share);
  let left = 0;
  for (let piece = 0; piece <= last; piece += 6) left += pieceLength(points, piece);
  left *= share;
  for (let piece = 0; ; piece += 6) {
    const length = pieceLength(points, piece);
    if (left <= length || piece + 6 > last)
      return onPiece(points, piece, length > 0 ? Math.min(1, left / length) : 0);
    left -= length;
  }
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
  const lengths = pieces.map((piece) => pieceLength(piece, 0));
  let left = Math.min(1, Math.max(0, t)) * lengths.reduce((sum, length) => sum + length, 0);
  for (const [index, length] of lengths.entries()) {
    if (left <= length || index === lengths.length - 1)
      return { index, local: length > 0 ? Math.min(1, left / length) : 0 };
    left -= length;
  }
  return { index: 0, local: 0 };
}

/** Between chord and control polygon: near enough for timing. */
function pieceLength(points: readonly number[], piece: number): number {
  const polygon = apart(points, piece, 2) + apart(points, piece + 2, 2) + apart(points, piece + 4, 2);
  return (polygon + apart(points, piece, 6)) / 2;
}

/** From the point at an index to the one so many numbers further on. */
function apart(points: readonly number[], at: number, further: number): number {
  const x = item(points, at + further) - item(points, at);
  const y = item(points, at + further + 1) - item(points, at + 1);
  return Math.sqrt(x * x + y * y);
}

/** The point of the piece that begins at an index, by its parameter (0 to 1). */
export function onPiece(points: readonly number[], piece: number, t: number): Point {
  return { x: bernstein(points, piece, t), y: bernstein(points, piece + 1, t) };
}

/** One coordinate of the cubic that begins at an index. */
function bernstein(points: readonly number[], at: number, t: number): number {
  const rest = 1 - t;
  const outer = rest * rest * rest * item(points, at) + t * t * t * item(points, at + 6);
  return outer + 3 * rest * t * (rest * item(points, at + 2) + t * item(points, at + 4));
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
