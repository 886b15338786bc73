/**
 * Edges that meet: a number beside one of them would be taken for that of the one that it is nearest to, and one on a
 * stretch that several share for that of any.
 */
import { onPiece, type Point } from './curves';

interface Line {
  readonly source: number;
  readonly target: number;
  readonly points: readonly number[];
}

/** Of more than these nobody could tell anyway. */
const MOST = 8;
/** Straight pieces that stand for a curve. */
const SAMPLES = 6;
/** A number on an edge is so far from those that its own meets, in layout units. */
const APART = 8;
const CLEARLY = 4;

export class Rivals {
  readonly #lines: readonly Line[];
  #byEnd: Map<number, Line[]> | null = null;

  constructor(lines: readonly Line[]) {
    this.#lines = lines;
  }

  /** Whether a spot on a line is its own: no other line that it meets runs there. */
  apart(line: Line, spot: Point): boolean {
    return this.#of(line).every((rival) => distance(rival.points, spot, APART) >= APART);
  }

  /** Whether a line is clearly nearer to a spot beside it than those that it meets. */
  leave(line: Line, spot: Point): boolean {
    const least = distance(line.points, spot, Infinity) + CLEARLY;
    return this.#of(line).every((rival) => distance(rival.points, spot, least) >= least);
  }

  /** Those that a line meets, but for itself and others between the same two nodes; none where they are too many. */
  #of(line: Line): readonly Line[] {
    const byEnd = (this.#byEnd ??= groupedByEnd(this.#lines));
    const [from, to] = endsOf(line).map((end) => byEnd.get(end) ?? []) as [Line[], Line[]];
    if (from.length + to.length > MOST) return [];
    if (from.length + to.length === 2) return [];
    return [
      ...from.filter(({ target }) => target !== line.target),
      ...to.filter(({ source }) => source !== line.source),
    ];
  }
}

/** From a spot to a route, but at most this. */
function distance(points: readonly number[], { x, y }: Point, most: number): number {
  let nearest = most;
  for (let piece = 0; piece + 7 < points.length; piece += 6) {
    if (beyond(points, piece, x, nearest) || beyond(points, piece + 1, y, nearest)) continue;
    let from = onPiece(points, piece, 0);
    for (let i = 1; i <= SAMPLES; i++) {
      const to = onPiece(points, piece, i / SAMPLES);
      const [dx, dy] = [to.x - from.x, to.y - from.y];
      const share = ((x - from.x) * dx + (y - from.y) * dy) / (dx * dx + dy * dy || 1);
      const t = Math.min(1, Math.max(0, share));
      nearest = Math.min(nearest, Math.hypot(from.x + t * dx - x, from.y + t * dy - y));
      from = to;
    }
  }
  return nearest;
}

/** Whether a piece of a route is further than this from a coordinate, as far as one can tell by what leads it. */
function beyond(points: readonly number[], at: number, coordinate: number, most: number): boolean {
  const [a, b, c, d] = [points[at], points[at + 2], points[at + 4], points[at + 6]] as Four;
  return Math.min(a, b, c, d) - coordinate >= most || coordinate - Math.max(a, b, c, d) >= most;
}

type Four = [number, number, number, number];

function groupedByEnd(lines: readonly Line[]): Map<number, Line[]> {
  const groups = new Map<number, Line[]>();
  for (const line of lines) {
    for (const end of endsOf(line)) {
      const group = groups.get(end);
      if (group) group.push(line);
      else groups.set(end, [line]);
    }
  }
  return groups;
}

function endsOf({ source, target }: Line): [number, number] {
  return [2 * source, 2 * target + 1];
}
