/** Small things made of several shapes: badges with a number, heatmaps, arrow heads, the mark of a cut edge. */
import type { Direction, Rect, Route, Size } from '../layout/types';
import type { ModelValue } from '../model/types';
import { angleAt, pointAt, type Point } from '../layout/curves';
import { estimateText, sizes } from './type';
import type { HeatmapShape, Shape, Token } from './types';

/** How a line is drawn. */
export interface Line {
  readonly tone: Token;
  readonly width: number;
  readonly opacity: number;
}

export const TEXT_SCALE = 0.45;
export const BADGE_SCALE = 0.6;
export const BADGE_HEIGHT = 18;
export const HEAD_SCALE = 0.3;

export function badgeWidth(text: string): number {
  return estimateText(text, sizes.badge, 'mono') + 12;
}

/** A number on a slip of paper, centred. */
export function badge(key: string, at: Point, text: string, tone: Token, minScale = BADGE_SCALE): Shape[] {
  const w = badgeWidth(text);
  const h = BADGE_HEIGHT;
  return [
    {
      type: 'rect',
      key,
      x: at.x - w / 2,
      y: at.y - h / 2,
      w,
      h,
      radius: h / 2,
      fill: 'surface',
      stroke: tone,
      minScale,
    },
    {
      type: 'text',
      key: `${key}:text`,
      ...at,
      text,
      size: sizes.badge,
      family: 'mono',
      weight: 500,
      anchor: 'middle',
      fill: tone,
      minScale,
    },
  ];
}

export type Tones = readonly [positive: Token, negative: Token];
export const VALUE_TONES: Tones = ['forward', 'value-negative'];
export const GRADIENT_TONES: Tones = ['backward', 'gradient-negative'];

/** The largest magnitude among a value's cells; what is not finite has none. */
export function largestOf({ cells }: ModelValue): number {
  return (cells?.cells ?? []).reduce((most, cell) => {
    const size = Math.abs(cell);
    return size > most && size < Infinity ? size : most;
  }, 0);
}

/** A value's cells, as large as fits into the room; `largest` is what the strongest colour stands for. */
export function heatmap(
  key: string,
  room: Rect,
  value: ModelValue,
  [positive, negative]: Tones,
  largest = largestOf(value),
): HeatmapShape | null {
  const { cells } = value;
  if (cells === null) return null;
  return {
    type: 'heatmap',
    key,
    x: room.x,
    y: room.y,
    w: room.width,
    h: room.height,
    rows: cells.rows,
    columns: cells.columns,
    levels: cells.cells.map((cell) => (Number.isFinite(cell) ? cell / (largest || 1) : cell)),
    positive,
    negative,
    ground: 'surface-sunk',
    minScale: 0.25,
  };
}

/** The room that a heatmap will take, before there is one. */
export function emptyGrid(key: string, at: Point, size: Size): Shape {
  return {
    type: 'rect',
    key,
    ...at,
    w: size.width,
    h: size.height,
    radius: 2,
    fill: 'surface-sunk',
    minScale: 0.25,
  };
}

/** At the end of the route, or at its start if it points back; larger on a thicker line. */
export function arrowHead(key: string, points: readonly number[], line: Line, back = false): Shape {
  const tip = pointAt(points, back ? 0 : 1);
  const angle = back ? angleAt(points, 0.01) + Math.PI : angleAt(points, 0.99);
  const side = 5.5 + 1.5 * line.width;
  const corner = (turn: number): number[] => [
    tip.x - side * Math.cos(angle + turn),
    tip.y - side * Math.sin(angle + turn),
  ];
  const corners = [tip.x, tip.y, ...corner(0.42), ...corner(-0.42)];
  const { tone, opacity } = line;
  return { type: 'polyline', key, points: corners, closed: true, fill: tone, opacity, minScale: HEAD_SCALE };
}

/** Scissors across the edge, and why no gradient passes: beside them, or above where the edge goes sideways. */
export function cutMark(
  key: string,
  { points }: Pick<Route, 'points'>,
  reason: string,
  way: Direction,
): Shape[] {
  const at = pointAt(points, 0.5);
  const beside = { x: at.x + 14, y: at.y, anchor: 'start' } as const;
  const above = { x: at.x, y: at.y - 17, anchor: 'middle' } as const;
  const label: Shape = {
    type: 'text',
    key: `${key}:reason`,
    ...(way === 'down' ? beside : above),
    text: reason,
    size: sizes.small,
    family: 'text',
    weight: 500,
    fill: 'ink-soft',
    halo: 'paper',
    minScale: TEXT_SCALE,
  };
  return [...blade(key, at, 1), ...blade(key, at, -1), label];
}

function blade(key: string, at: Point, side: 1 | -1): Shape[] {
  return [
    {
      type: 'polyline',
      key: `${key}:blade${side}`,
      points: [at.x - 7, at.y - side * 4, at.x + 8, at.y + side * 4],
      stroke: 'ink',
      width: 1.4,
      minScale: TEXT_SCALE,
    },
    {
      type: 'ellipse',
      key: `${key}:ring${side}`,
      x: at.x - 9.5,
      y: at.y - side * 5,
      rx: 3,
      ry: 3,
      fill: 'paper',
      stroke: 'ink',
      width: 1.4,
      minScale: TEXT_SCALE,
    },
  ];
}
