/**
 * A heatmap's cells one by one, for whatever draws them: by sign a hue, by size its strength, a bar for negative.
 * NaN is red; an infinity has its own hue and its sign, so that a mask of infinities is told from what went wrong.
 */
import type { HeatmapShape, Token } from './types';

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface Cell extends Area {
  readonly fill: Token;
  readonly opacity: number;
  /** Negative cells and infinities carry their sign where they are large enough to hold one. */
  readonly bars: readonly Area[];
  readonly barFill: Token;
}

/** Between cells, in layout units. */
const GAP = 0.5;
const FRAME = 1;
const FAINTEST = 0.1;
const SMALLEST_BARRED = 8;
const SMALLEST_INFINITE = 5;
const THICK = 1.2;

/** What the cells stand in, so that one sees how many there are where those at the edge are zero; then their ground. */
export function groundsOf({ x, y, w, h }: Area): readonly [frame: Area, ground: Area] {
  const ground = { x, y, w: w - GAP, h: h - GAP };
  return [{ x: x - FRAME, y: y - FRAME, w: ground.w + 2 * FRAME, h: ground.h + 2 * FRAME }, ground];
}

export function cellsOf(shape: HeatmapShape): Cell[] {
  const w = shape.w / shape.columns;
  const h = shape.h / shape.rows;
  return shape.levels.map((level, i) => {
    const place = {
      x: shape.x + (i % shape.columns) * w,
      y: shape.y + Math.floor(i / shape.columns) * h,
      w,
      h,
    };
    return {
      ...place,
      w: w - GAP,
      h: h - GAP,
      fill: fillOf(shape, level),
      opacity: !Number.isFinite(level) ? 1 : level === 0 ? 0 : FAINTEST + (1 - FAINTEST) * Math.abs(level),
      bars: barsOf(place, level),
      barFill: Number.isFinite(level) ? 'ink' : 'surface',
    };
  });
}

function fillOf({ positive, negative }: HeatmapShape, level: number): Token {
  if (Number.isNaN(level)) return 'problem';
  if (!Number.isFinite(level)) return 'infinite';
  return level < 0 ? negative : positive;
}

/** A minus, or for a positive infinity a plus. */
function barsOf({ x, y, w, h }: Area, level: number): Area[] {
  const infinite = Math.abs(level) === Infinity;
  if (!(level < 0 || infinite) || Math.min(w, h) < (infinite ? SMALLEST_INFINITE : SMALLEST_BARRED))
    return [];
  const across = { x: x + w * 0.3, y: y + h / 2 - THICK / 2, w: w * 0.4, h: THICK };
  if (level < 0) return [across];
  const long = Math.min(w, h) * 0.4;
  return [
    { ...across, x: x + w / 2 - long / 2, w: long },
    { x: x + w / 2 - THICK / 2, y: y + h / 2 - long / 2, w: THICK, h: long },
  ];
}
