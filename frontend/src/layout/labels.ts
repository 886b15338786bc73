/**
 * Where a number is best written on each edge: at the middle or towards where edges are far apart, and else the
 * nearest spot along the edge that is free of nodes and of other numbers, a narrow one where it must be, or else one
 * beside it. Parallel edges have theirs side by side. What has room around it gets more.
 */
import { item } from './arrays';
import { boundsOf } from './bounds';
import { pointAt, type Point } from './curves';
import { Rivals } from './rivals';
import { Taken } from './taken';
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
  const taken = new Taken(boundsOf(nodes, []));
  for (const { x, y, width, height } of nodes) taken.add(x, y, width, height);
  const ends = countEnds(lines);
  const place = (label: Label | null): Label | null => {
    if (label !== null) taken.add(label.x, label.y, label.width, LABEL_HEIGHT);
    return label;
  };
  const parallel = lines.map((line) =>
    ends.between(line) > 1
      ? place(free(taken, { ...sideBySide(line, ends, direction), width: USUAL }))
      : null,
  );
  const rivals = new Rivals(lines);
  const all = lines.map(
    (line, i) => parallel[i] ?? place(nearestFree(line, ends, { taken, rivals }, direction)),
  );
  return all.map((label) => label && widened(label, taken));
}

/** The rectangle around `bounds` and all numbers, as wide as they may be. */
export function aroundLabels(bounds: Rect, labels: readonly (Label | null)[]): Rect {
  let [left, top] = [bounds.x, bounds.y];
  let [right, bottom] = [left + bounds.width, top + bounds.height];
  for (const label of labels) {
    if (label === null) continue;
    left = Math.min(left, label.x - label.width / 2);
    right = Math.max(right, label.x + label.width / 2);
    top = Math.min(top, label.y - LABEL_HEIGHT / 2);
    bottom = Math.max(bottom, label.y + LABEL_HEIGHT / 2);
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

function free(taken: Taken, label: Label): Label | null {
  return taken.holds(label.x, label.y, label.width, LABEL_HEIGHT) ? null : label;
}

/** As wide as it may be, where both its sides are free. */
function widened(label: Label, taken: Taken): Label {
  const side = (WIDE - label.width) / 2;
  const away = (label.width + side) / 2;
  const [left, right] = [label.x - away, label.x + away];
  if (taken.holds(left, label.y, side, LABEL_HEIGHT) || taken.holds(right, label.y, side, LABEL_HEIGHT))
    return label;
  taken.add(left, label.y, side, LABEL_HEIGHT);
  taken.add(right, label.y, side, LABEL_HEIGHT);
  return { x: label.x, y: label.y, width: WIDE };
}

function sideBySide({ source, target, points }: Line, ends: Ends, direction: Direction): Point {
  const { x, y } = pointAt(points, 0.5);
  const gap = PARALLEL_GAPS[direction];
  const side = ends.next(source, target) - (ends.between({ source, target }) - 1) / 2;
  return { x: x + side * gap.x, y: y + side * gap.y };
}

interface Others {
  readonly taken: Taken;
  readonly rivals: Rivals;
}

/** On the edge itself, narrow where it must be, or else beside it, nearer to it than to those that it meets. */
function nearestFree(line: Line, ends: Ends, { taken, rivals }: Others, direction: Direction): Label | null {
  const wished =
    ends.into(line.target) > 1 ? TOWARDS_SOURCE : ends.outOf(line.source) > 1 ? TOWARDS_TARGET : 0.5;
  // Most numbers are free where they should be: a spot is worked out when it is asked for.
  const spots: Point[] = [];
  for (const aside of ASIDES) {
    const [right, down] = direction === 'down' ? [aside, 0] : [0, aside / 2];
    for (const width of WIDTHS) {
      for (let i = 0; i < DETOURS.length; i++) {
        const spot = (spots[i] ??= spotOn(line, wished + item(DETOURS, i)));
        const [x, y] = [spot.x + right, spot.y + down];
        if (!taken.holds(x, y, width, LABEL_HEIGHT) && (aside === 0 || rivals.leave(line, { x, y })))
          return { x, y, width };
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
  between(line: Ending): number;
  /** 0, 1, 2, … for the lines between two nodes. */
  next(source: number, target: number): number;
}

function countEnds(lines: readonly Line[]): Ends {
  const [into, outOf] = [new Map<number, number>(), new Map<number, number>()];
  for (const { source, target } of lines) {
    count(into, target);
    count(outOf, source);
  }
  // Numbers for pairs are too large to be looked up quickly, and few lines can have another beside them.
  const mayBeParallel = ({ source, target }: Ending): boolean =>
    (into.get(target) ?? 0) > 1 && (outOf.get(source) ?? 0) > 1;
  const [between, sofar] = [new Map<number, number>(), new Map<number, number>()];
  for (const line of lines) if (mayBeParallel(line)) count(between, pairOf(line.source, line.target));
  return {
    into: (node) => into.get(node) ?? 0,
    outOf: (node) => outOf.get(node) ?? 0,
    between: (line) => (mayBeParallel(line) ? (between.get(pairOf(line.source, line.target)) ?? 0) : 1),
    next: (source, target) => count(sofar, pairOf(source, target)),
  };
}

type Ending = Pick<Line, 'source' | 'target'>;

/** How many there were before. */
function count(counts: Map<number, number>, key: number): number {
  const before = counts.get(key) ?? 0;
  counts.set(key, before + 1);
  return before;
}

const MOST_IDS = 2 ** 26;

function pairOf(source: number, target: number): number {
  return source * MOST_IDS + target;
}
