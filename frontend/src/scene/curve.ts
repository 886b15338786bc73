/** Losses over the steps of the timeline, on one scale, logarithmic where they span decades. */
import type { Curve, Model } from '../model/types';
import { xOf, type Axis, type Band } from './axis';
import type { Shape } from './types';

const MOST_CURVES = 3;
const DASHES = [undefined, [5, 3], [2, 3]] as const;
/** Points that stand further apart than this have a dot each. */
const DOTTED = 9;
const MARGIN = 4;
const DECADES_FOR_LOG = 2;
/** A lower band has no scale. */
const ROOM_FOR_SCALE = 19;

export interface CurveScale {
  readonly least: number;
  readonly most: number;
}

export function curveShapes({ losses }: Model, axis: Axis, band: Band): Shape[] {
  const drawn = losses.slice(0, MOST_CURVES);
  const y = scaleOf(drawn, band);
  return drawn.flatMap((curve, i) => [...lines(curve, i, axis, y), ...dots(curve, i, axis, { band, y })]);
}

/** What the band goes from and to; null where it is too low to say so beside it, or where there is nothing to tell apart. */
export function curveScale({ losses }: Pick<Model, 'losses'>, { h }: Band): CurveScale | null {
  const [least, most] = extremesOf(finiteOf(losses.slice(0, MOST_CURVES)));
  return h >= ROOM_FOR_SCALE && least < most ? { least, most } : null;
}

function finiteOf(curves: readonly Curve[]): number[] {
  return curves.flatMap(({ points }) => points.map(({ number }) => number)).filter(Number.isFinite);
}

function extremesOf(numbers: readonly number[]): [number, number] {
  return numbers.reduce<[number, number]>(
    ([least, most], each) => [Math.min(least, each), Math.max(most, each)],
    [Infinity, -Infinity],
  );
}

/** The height of a number in the band; NaN for one that is not finite. */
export type Scale = (number: number) => number;

export function scaleOf(curves: readonly Curve[], { y, h }: Band): Scale {
  const [least, most] = extremesOf(finiteOf(curves));
  const log = least > 0 && Math.log10(most / least) >= DECADES_FOR_LOG;
  const bend = log ? Math.log : (number: number) => number;
  const span = bend(most) - bend(least);
  const share = (number: number): number => (span > 0 ? (bend(number) - bend(least)) / span : 0.5);
  return (number) => (Number.isFinite(number) ? y + h - MARGIN - share(number) * (h - 2 * MARGIN) : NaN);
}

/** A line breaks where a number is not finite. Of points at one pixel the first, the ends and the extremes are drawn. */
function lines({ points }: Curve, i: number, axis: Axis, y: Scale): Shape[] {
  const pieces: number[][] = [[]];
  for (const { step, number } of points) {
    if (Number.isFinite(number)) pieces.at(-1)?.push(xOf(axis, step + 1), y(number));
    else pieces.push([]);
  }
  const dash = DASHES[i];
  return pieces
    .filter((piece) => piece.length > 2)
    .map((piece, j) => ({
      type: 'polyline',
      key: `loss:${i}:${j}`,
      points: thinned(piece),
      stroke: i === 0 ? 'ink' : 'ink-soft',
      width: 1.5,
      ...(dash ? { dash } : {}),
    }));
}

/** Of the points at one pixel the first, the lowest, the highest and the last: what a line through all would show. */
function thinned(points: readonly number[]): number[] {
  const kept: number[] = [];
  for (let i = 0; i < points.length;) {
    const column = Math.floor(points[i] ?? 0);
    let end = i;
    let [low, high] = [i, i];
    for (; end < points.length && Math.floor(points[end] ?? 0) === column; end += 2) {
      if ((points[end + 1] ?? 0) < (points[low + 1] ?? 0)) low = end;
      if ((points[end + 1] ?? 0) > (points[high + 1] ?? 0)) high = end;
    }
    const chosen = [...new Set([i, low, high, end - 2])].sort((a, b) => a - b);
    for (const at of chosen) kept.push(points[at] ?? 0, points[at + 1] ?? 0);
    i = end;
  }
  return kept;
}

/** NaN and ∞ are marked at the top, −∞ at the bottom. */
function dots(
  { points }: Curve,
  i: number,
  axis: Axis,
  { band, y }: { readonly band: Band; readonly y: Scale },
): Shape[] {
  const apart = (xOf(axis, axis.count) - xOf(axis, 0)) / points.length >= DOTTED;
  return points.flatMap(({ step, number }) => {
    const finite = Number.isFinite(number);
    if (finite && !apart) return [];
    const edge = number < 0 ? band.y + band.h - MARGIN : band.y + MARGIN;
    const at = { x: xOf(axis, step + 1), y: finite ? y(number) : edge };
    const fill = finite ? 'ink' : Number.isNaN(number) ? 'problem' : 'infinite';
    const key = `loss:${i}:${step}`;
    return [{ type: 'ellipse', key, ...at, rx: 2, ry: 2, fill } as const];
  });
}
