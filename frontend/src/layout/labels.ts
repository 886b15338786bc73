/**
 * Where a number is best written on each edge: at the middle or towards where edges are far apart, and else the
 * nearest spot along the edge that is free of nodes and of other numbers, a narrow one where it must be, or else one
 * beside it. Parallel edges have theirs side by side. What has room around it gets more.
 */
import { pointAt, type Point } from './curves';
import type { Direction, Label, PlacedNode, Rect } from './types';

interface Line {
  readonly source: number;
  readonly target: number;
  readonly points: readonly number[];
}

export const LABEL_HEIGHT = 20;
const USUAL = 92;
/** For seven characters, "−0.1234". */
const NARROW = 60;
const WIDE = 120;
const WIDTHS = [USUAL, NARROW] as const;
/** Shares of the edge's length to go from the spot it should have, and layer units to the side of the edge. */
const DETOURS = [0, -0.06, 0.06, -0.12, 0.12, -0.18, 0.18, -0.24, 0.24, -0.3, 0.3, -0.36, 0.36] as const;
const ASIDES = [0, 24, -24, 48, -48, 72, -72, 96, -96] as const;
const FURTHEST = 0.88;
const TOWARDS_SOURCE = 0.48;
const TOWARDS_TARGET = 0.6;
const PARALLEL_GAPS: Readonly<Record<Direction, Point>> = { down: { x: 94, y: 0 }, right: { x: 0, y: 40 } };

/** The place of each line's number, in the lines' order; null where there is no room for it. */
export function placeLabels(
  nodes: readonly PlacedNode[],
  lines: readonly Line[],
  direction: Direction,
): (Label | null)[] {
  const taken = new Taken();
  for (const { x, y, width, height } of nodes) taken.add(around({ x, y, width }, height));
  const ends = countEnds(lines);
  const place = (label: Label | null): Label | null => {
    if (label !== null) taken.add(around(label));
    return label;
  };
  const parallel = lines.map((line) =>
    ends.between(line) > 1
      ? place(free(taken, { ...sideBySide(line, ends, direction), width: USUAL }))
      : null,
  );
  const all = lines.map((line, i) => parallel[i] ?? place(nearestFree(line, ends, taken, direction)));
  return all.map((label) => label && widened(label, taken));
}

function free(taken: Taken, label: Label): Label | null {
  return taken.holds(around(label)) ? null : label;
}

/** As wide as it may be, where both its sides are free. */
function widened(label: Label, taken: Taken): Label {
  const side = (WIDE - label.width) / 2;
  const away = (label.width + side) / 2;
  const sides = [label.x - away, label.x + away].map((x) => around({ x, y: label.y, width: side }));
  if (sides.some((rect) => taken.holds(rect))) return label;
  sides.forEach((rect) => taken.add(rect));
  return { ...label, width: WIDE };
}

function sideBySide({ source, target, points }: Line, ends: Ends, direction: Direction): Point {
  const { x, y } = pointAt(points, 0.5);
  const gap = PARALLEL_GAPS[direction];
  const side = ends.next(source, target) - (ends.between({ source, target }) - 1) / 2;
  return { x: x + side * gap.x, y: y + side * gap.y };
}

/** On the edge itself, narrow where it must be, or else beside it. */
function nearestFree(line: Line, ends: Ends, taken: Taken, direction: Direction): Label | null {
  const wished =
    ends.into(line.target) > 1 ? TOWARDS_SOURCE : ends.outOf(line.source) > 1 ? TOWARDS_TARGET : 0.5;
  // Most numbers are free where they should be: a spot is worked out when it is asked for.
  const spots: Point[] = [];
  for (const aside of ASIDES) {
    for (const width of WIDTHS) {
      for (const [i, detour] of DETOURS.entries()) {
        const { x, y } = (spots[i] ??= spotOn(line, wished + detour));
        const spot = direction === 'down' ? { x: x + aside, y, width } : { x, y: y + aside / 2, width };
        if (!taken.holds(around(spot))) return spot;
      }
    }
  }
  return null;
}

function spotOn({ points }: Line, share: number): Point {
  return pointAt(points, Math.min(FURTHEST, Math.max(1 - FURTHEST, share)));
}

interface Ends {
  into(node: number): number;
  outOf(node: number): number;
  between(line: Pick<Line, 'source' | 'target'>): number;
  /** 0, 1, 2, … for the lines between two nodes. */
  next(source: number, target: number): number;
}

function countEnds(lines: readonly Line[]): Ends {
  const [into, outOf, between, sofar] = Array.from({ length: 4 }, () => new Map<number, number>()) as [
    Counts,
    Counts,
    Counts,
    Counts,
  ];
  for (const { source, target } of lines) {
    count(into, target);
    count(outOf, source);
    count(between, pairOf(source, target));
  }
  return {
    into: (node) => into.get(node) ?? 0,
    outOf: (node) => outOf.get(node) ?? 0,
    between: ({ source, target }) => between.get(pairOf(source, target)) ?? 0,
    next: (source, target) => count(sofar, pairOf(source, target)),
  };
}

type Counts = Map<number, number>;

/** How many there were before. */
function count(counts: Counts, key: number): number {
  const before = counts.get(key) ?? 0;
  counts.set(key, before + 1);
  return before;
}

const MOST_IDS = 2 ** 26;

function pairOf(source: number, target: number): number {
  return source * MOST_IDS + target;
}

function around({ x, y, width }: Label, height = LABEL_HEIGHT): Rect {
  return { x: x - width / 2, y: y - height / 2, width, height };
}

const CELL = { width: 160, height: 80 };
/** Rows of cells that are told apart: as many as keep most keys small whole numbers, which are quick to look up. */
const ROWS = 2 ** 16;

/** What is taken already, by the cells of a coarse grid. */
class Taken {
  readonly #cells = new Map<number, Rect[]>();

  add(rect: Rect): void {
    const [right, bottom] = [rect.x + rect.width, rect.y + rect.height];
    for (let column = Math.floor(rect.x / CELL.width); column * CELL.width < right; column++) {
      for (let row = Math.floor(rect.y / CELL.height); row * CELL.height < bottom; row++) {
        const known = this.#cells.get(column * ROWS + row);
        if (known === undefined) this.#cells.set(column * ROWS + row, [rect]);
        else known.push(rect);
      }
    }
  }

  /** Whether something of `rect` is taken. */
  holds(rect: Rect): boolean {
    const [right, bottom] = [rect.x + rect.width, rect.y + rect.height];
    for (let column = Math.floor(rect.x / CELL.width); column * CELL.width < right; column++) {
      for (let row = Math.floor(rect.y / CELL.height); row * CELL.height < bottom; row++) {
        const known = this.#cells.get(column * ROWS + row);
        if (known !== undefined) for (const other of known) if (overlap(rect, other)) return true;
      }
    }
    return false;
  }
}

function overlap(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
