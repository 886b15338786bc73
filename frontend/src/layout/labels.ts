/**
 * Where a number is best written on each edge: at the middle or towards where edges are far apart, and else the
 * nearest spot along the edge that is free of nodes and of other numbers. Parallel edges have theirs side by side.
 */
import { pointAt, type Point } from './curves';
import type { Direction, PlacedNode, Rect, Size } from './types';

interface Line {
  readonly source: number;
  readonly target: number;
  readonly points: readonly number[];
}

const ROOM: Size = { width: 92, height: 20 };
/** Shares of the edge's length to go from the spot it should have. */
const DETOURS = [0, -0.08, 0.08, -0.16, 0.16, -0.24, 0.24, -0.32, 0.32] as const;
const FURTHEST = 0.86;
const TOWARDS_SOURCE = 0.48;
const TOWARDS_TARGET = 0.6;
const PARALLEL_GAPS: Readonly<Record<Direction, Point>> = { down: { x: 72, y: 0 }, right: { x: 0, y: 40 } };

/** The centre of each line's number, in the lines' order. */
export function placeLabels(
  nodes: readonly PlacedNode[],
  lines: readonly Line[],
  direction: Direction,
): Point[] {
  const taken = new Taken();
  for (const { x, y, width, height } of nodes) taken.add(around({ x, y }, { width, height }));
  const ends = countEnds(lines);
  const placed = lines.map((line) => (ends.between(line) > 1 ? sideBySide(line, ends, direction) : null));
  for (const label of placed) if (label !== null) taken.add(around(label, ROOM));
  return lines.map((line, i) => {
    const known = placed[i] ?? null;
    if (known !== null) return known;
    const label = freest(line, ends, taken);
    taken.add(around(label, ROOM));
    return label;
  });
}

function sideBySide({ source, target, points }: Line, ends: Ends, direction: Direction): Point {
  const { x, y } = pointAt(points, 0.5);
  const gap = PARALLEL_GAPS[direction];
  const side = ends.next(source, target) - (ends.between({ source, target }) - 1) / 2;
  return { x: x + side * gap.x, y: y + side * gap.y };
}

function freest(line: Line, ends: Ends, taken: Taken): Point {
  const wished =
    ends.into(line.target) > 1 ? TOWARDS_SOURCE : ends.outOf(line.source) > 1 ? TOWARDS_TARGET : 0.5;
  let best = pointAt(line.points, wished);
  let least = Infinity;
  for (const detour of DETOURS) {
    const share = Math.min(FURTHEST, Math.max(1 - FURTHEST, wished + detour));
    const spot = pointAt(line.points, share);
    const covered = taken.overlap(around(spot, ROOM));
    if (covered >= least) continue;
    least = covered;
    best = spot;
    if (covered === 0) break;
  }
  return best;
}

interface Ends {
  into(node: number): number;
  outOf(node: number): number;
  between(line: Pick<Line, 'source' | 'target'>): number;
  /** 0, 1, 2, … for the lines between two nodes. */
  next(source: number, target: number): number;
}

function countEnds(lines: readonly Line[]): Ends {
  const counts = new Map<string, number>();
  const count = (key: string): number => {
    const before = counts.get(key) ?? 0;
    counts.set(key, before + 1);
    return before;
  };
  for (const { source, target } of lines) {
    count(`>${target}`);
    count(`${source}>`);
    count(`${source}>${target}`);
  }
  return {
    into: (node) => counts.get(`>${node}`) ?? 0,
    outOf: (node) => counts.get(`${node}>`) ?? 0,
    between: ({ source, target }) => counts.get(`${source}>${target}`) ?? 0,
    next: (source, target) => count(`${source}>${target} so far`),
  };
}

function around({ x, y }: Point, { width, height }: Size): Rect {
  return { x: x - width / 2, y: y - height / 2, width, height };
}

const CELL: Size = { width: 160, height: 80 };

/** What is taken already, by the cells of a coarse grid. */
class Taken {
  readonly #cells = new Map<string, Rect[]>();

  add(rect: Rect): void {
    for (const cell of cellsOf(rect)) {
      const known = this.#cells.get(cell);
      if (known === undefined) this.#cells.set(cell, [rect]);
      else known.push(rect);
    }
  }

  /** The area of `rect` that is taken, in layout units squared; what overlaps itself counts twice. */
  overlap(rect: Rect): number {
    const met = new Set(cellsOf(rect).flatMap((cell) => this.#cells.get(cell) ?? []));
    return [...met].reduce((sum, other) => sum + sharedArea(rect, other), 0);
  }
}

function cellsOf({ x, y, width, height }: Rect): string[] {
  const cells: string[] = [];
  for (let column = Math.floor(x / CELL.width); column * CELL.width < x + width; column++)
    for (let row = Math.floor(y / CELL.height); row * CELL.height < y + height; row++)
      cells.push(`${column},${row}`);
  return cells;
}

function sharedArea(a: Rect, b: Rect): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return Math.max(0, width) * Math.max(0, height);
}
