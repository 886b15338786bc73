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
/** Shares of the edge's length to go from the spot it should have, and layer units to the side of the edge. */
const DETOURS = [0, -0.06, 0.06, -0.12, 0.12, -0.18, 0.18, -0.24, 0.24, -0.3, 0.3, -0.36, 0.36] as const;
const ASIDES = [0, 24, -24, 48, -48, 72, -72, 96, -96] as const;
const FURTHEST = 0.88;
const TOWARDS_SOURCE = 0.48;
const TOWARDS_TARGET = 0.6;
const PARALLEL_GAPS: Readonly<Record<Direction, Point>> = { down: { x: 94, y: 0 }, right: { x: 0, y: 40 } };

/** The centre of each line's number, in the lines' order; null where there is no room for it. */
export function placeLabels(
  nodes: readonly PlacedNode[],
  lines: readonly Line[],
  direction: Direction,
): (Point | null)[] {
  const taken = new Taken();
  for (const { x, y, width, height } of nodes) taken.add(around({ x, y }, { width, height }));
  const ends = countEnds(lines);
  const place = (spot: Point | null): Point | null => {
    if (spot !== null) taken.add(around(spot, ROOM));
    return spot;
  };
  const parallel = lines.map((line) =>
    ends.between(line) > 1 ? place(free(taken, sideBySide(line, ends, direction))) : null,
  );
  return lines.map((line, i) => parallel[i] ?? place(nearestFree(line, ends, taken, direction)));
}

function free(taken: Taken, spot: Point): Point | null {
  return taken.holds(around(spot, ROOM)) ? null : spot;
}

function sideBySide({ source, target, points }: Line, ends: Ends, direction: Direction): Point {
  const { x, y } = pointAt(points, 0.5);
  const gap = PARALLEL_GAPS[direction];
  const side = ends.next(source, target) - (ends.between({ source, target }) - 1) / 2;
  return { x: x + side * gap.x, y: y + side * gap.y };
}

function nearestFree(line: Line, ends: Ends, taken: Taken, direction: Direction): Point | null {
  const wished =
    ends.into(line.target) > 1 ? TOWARDS_SOURCE : ends.outOf(line.source) > 1 ? TOWARDS_TARGET : 0.5;
  for (const aside of ASIDES) {
    for (const detour of DETOURS) {
      const share = Math.min(FURTHEST, Math.max(1 - FURTHEST, wished + detour));
      const { x, y } = pointAt(line.points, share);
      const found = free(taken, direction === 'down' ? { x: x + aside, y } : { x, y: y + aside / 2 });
      if (found !== null) return found;
    }
  }
  return null;
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
const ROWS = 1e7;

/** What is taken already, by the cells of a coarse grid. */
class Taken {
  readonly #cells = new Map<number, Rect[]>();

  add(rect: Rect): void {
    eachCell(rect, (cell) => {
      const known = this.#cells.get(cell);
      if (known === undefined) this.#cells.set(cell, [rect]);
      else known.push(rect);
    });
  }

  /** Whether something of `rect` is taken. */
  holds(rect: Rect): boolean {
    let found = false;
    eachCell(rect, (cell) => {
      found ||= this.#cells.get(cell)?.some((other) => overlap(rect, other)) ?? false;
    });
    return found;
  }
}

function eachCell({ x, y, width, height }: Rect, visit: (cell: number) => void): void {
  for (let column = Math.floor(x / CELL.width); column * CELL.width < x + width; column++)
    for (let row = Math.floor(y / CELL.height); row * CELL.height < y + height; row++)
      visit(column * ROWS + row);
}

function overlap(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
