/** A heatmap's cells one by one, for whatever draws them: by sign a hue, by size its strength, a bar for negative. */
import type { HeatmapShape, Token } from './types';

export interface Cell {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  readonly fill: Token;
  readonly opacity: number;
  /** Negative cells carry a minus bar where they are large enough to hold one. */
  readonly barred: boolean;
}

const FAINTEST = 0.1;
const SMALLEST_BARRED = 8;

export function cellsOf(shape: HeatmapShape): Cell[] {
  const w = shape.w / shape.columns;
  const h = shape.h / shape.rows;
  return shape.levels.map((level, i) => ({
    x: shape.x + (i % shape.columns) * w,
    y: shape.y + Math.floor(i / shape.columns) * h,
    w,
    h,
    fill: Number.isNaN(level) ? 'problem' : level < 0 ? shape.negative : shape.positive,
    opacity: Number.isNaN(level) ? 1 : level === 0 ? 0 : FAINTEST + (1 - FAINTEST) * Math.abs(level),
    barred: level < 0 && Math.min(w, h) >= SMALLEST_BARRED,
  }));
}
