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
/** Shares of the edge's length to go from the spot it should have, and layer units to the side of the edge. */
const DETOURS = [
  0, -0.06, 0.06, -0.12, 0.12, -0.18, 0.18, -0.24, 0.24, -0.3, 0.3, -0.36, 0.36, -0.42, 0.42,
] as const;
const ASIDES = [0, 12, -12, 24, -24, 48, -48, 72, -72, 96, -96] as const;
const SHARED = 100;
const NOWHERE = 200;
const FURTHEST = 0.94;
const TOWARDS_SOURCE = 0.48;
const TOWARDS_TARGET = 0.6;
/** Between the middles of numbers side by side, less than their width: such edges are 20 apart themselves. */
const SIDE_BY_SIDE = -18;
/** The same, in halves, for numbers one below the other. */
const ROW = 80;

/** The place of each line's number, in the lines' order; null where there is no room for it. */
export function placeLabels(
  nodes: readonly PlacedNode[],
  lines: readonly Line[],
  direction: Direction,
): (Label | null)[] {
  const ends = countEnds(lines);
  const sides = lines.map((line) => ends.side(line));
  const setting = { nodes, lines, ends, sides, rivals: new Rivals(lines), direction };
  const usual = attempt(setting, [USUAL, NARROW], [...lines.keys()]);
  const narrow = usual.astray > 0 ? attempt(setting, [NARROW], shortestFirst(lines)) : usual;
  const { spots, taken } = narrow.astray < usual.astray ? narrow : usual;
  return spots
    .map((label) => label && widened(label, USUAL, [0, -1, 1], taken))
    .map((label) => label && widened(label, WIDE, [0], taken));
}

interface Setting {
  readonly nodes: readonly PlacedNode[];
  readonly lines: readonly Line[];
  readonly ends: Ends;
  /** Of each line that has others beside it, which side is its own, in numbers' widths; null for all others. */
  readonly sides: readonly (number | null)[];
  readonly rivals: Rivals;
  readonly direction: Direction;
}

interface Attempt {
  readonly spots: readonly (Label | null)[];
  readonly taken: Taken;
  /** How far from their edges numbers are, taken together; one that is nowhere counts as far away. */
  readonly astray: number;
}

/** Short lines have the least choice. */
function shortestFirst(lines: readonly Line[]): number[] {
  const lengths = lines.map(({ points }) => {
    const [x, y] = [
      item(points, 0) - item(points, points.length - 2),
      item(points, 1) - item(points, points.length - 1),
    ];
    return Math.abs(x) + Math.abs(y);
  });
  return [...lines.keys()].sort((a, b) => item(lengths, a) - item(lengths, b));
}

/** Places for numbers of these widths, by turns; those of parallel lines come first. */
function attempt(setting: Setting, widths: readonly number[], turns: readonly number[]): Attempt {
  const { nodes, lines, sides } = setting;
  const taken = new Taken(boundsOf(nodes, []));
  for (const { x, y, width, height } of nodes) taken.add(x, y, width, height);
  const spots: (Label | null)[] = lines.map(() => null);
  let astray = 0;
  for (const parallel of [true, false]) {
    for (const i of turns) {
      const side = item(sides, i);
      if (parallel !== (side !== null)) continue;
      const found = nearestFree(item(lines, i), side, widths, taken, setting);
      astray += found?.astray ?? NOWHERE;
      if (!found) continue;
      taken.add(found.label.x, found.label.y, found.label.width, LABEL_HEIGHT);
      spots[i] = found.label;
    }
  }
  return { spots, taken, astray };
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

/** Of this width, where there is room for it on both sides, or (−1, 1) to the left or the right. */
function widened(label: Label, width: number, ways: readonly number[], taken: Taken): Label {
  const more = width - label.width;
  if (more <= 0) return label;
  for (const way of ways) {
    const [left, right] = [((1 - way) * more) / 2, ((1 + way) * more) / 2];
    const atLeft = label.x - (label.width + left) / 2;
    const atRight = label.x + (label.width + right) / 2;
    const { y, aside } = label;
    if (taken.holds(atLeft, y, left, LABEL_HEIGHT) || taken.holds(atRight, y, right, LABEL_HEIGHT)) continue;
    taken.add(atLeft, y, left, LABEL_HEIGHT);
    taken.add(atRight, y, right, LABEL_HEIGHT);
    const shift = (way * more) / 2;
    return { x: label.x + shift, y, width, aside: { x: aside.x + shift, y: aside.y } };
  }
  return label;
}

interface Found {
  readonly label: Label;
  /** How far it is to the side of where it should be, or of what is along the edge from there. */
  readonly astray: number;
}

/**
 * On the edge itself, narrow where it must be, or else beside it, nearer to it than to those that it meets; where it has
 * no stretch of its own with room, on one that it shares.
 */
function nearestFree(
  line: Line,
  side: number | null,
  widths: readonly number[],
  taken: Taken,
  { ends, rivals, direction }: Setting,
): Found | null {
  const wished = side === null ? shareOf(line, ends) : 0.5;
  // Most numbers are free where they should be: a spot is worked out when it is asked for.
  const spots: Point[] = [];
  const clear: boolean[] = [];
  for (const further of [...ASIDES, null]) {
    for (const width of widths) {
      const aside = (further ?? 0) + (side ?? 0) * (direction === 'down' ? width + SIDE_BY_SIDE : ROW);
      const [right, down] = direction === 'down' ? [aside, 0] : [0, aside / 2];
      for (let i = 0; i < DETOURS.length; i++) {
        const spot = (spots[i] ??= spotOn(line, wished + item(DETOURS, i)));
        const [x, y] = [spot.x + right, spot.y + down];
        if (taken.holds(x, y, width, LABEL_HEIGHT)) continue;
        if (further !== null && !(clear[i] ??= rivals.apart(line, spot))) continue;
        if (further !== null && aside !== 0 && !rivals.leave(line, { x, y })) continue;
        return {
          label: { x, y, width, aside: { x: right, y: side === null ? 0 : down } },
          astray: Math.abs(further ?? SHARED),
        };
      }
    }
  }
  return null;
}

/** How far along an edge its number should be: towards where edges are far apart. */
function shareOf({ source, target }: Line, ends: Ends): number {
  return ends.into(target) > 1 ? TOWARDS_SOURCE : ends.outOf(source) > 1 ? TOWARDS_TARGET : 0.5;
}

function spotOn({ points }: Line, share: number): Point {
  return pointAt(points, Math.min(FURTHEST, Math.max(1 - FURTHEST, share)));
}

interface Ends {
  into(node: number): number;
  outOf(node: number): number;
  /** Of lines between the same two nodes, asked for one after the other: −0.5, 0.5, or −1, 0, 1; null for any other. */
  side(line: Ending): number | null;
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
    side: (line) => {
      const pair = mayBeParallel(line) ? pairOf(line.source, line.target) : -1;
      const beside = (between.get(pair) ?? 0) - 1;
      return beside > 0 ? count(sofar, pair) - beside / 2 : null;
    },
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
