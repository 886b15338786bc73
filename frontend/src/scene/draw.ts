/** Shapes onto a canvas, or onto anything with the few drawing calls below. */
import { cellsOf, groundsOf, type Area } from './cells';
import { fonts as ownFonts, type Fonts } from './type';
import type { HeatmapShape, Palette, PulseShape, RectShape, Shape, TextShape, Token, View } from './types';

/** What is used of a CanvasRenderingContext2D. */
export interface Draws {
  fillStyle: unknown;
  strokeStyle: unknown;
  lineWidth: number;
  lineCap: string;
  lineJoin: string;
  globalAlpha: number;
  font: string;
  textAlign: string;
  textBaseline: string;
  save(): void;
  restore(): void;
  translate(x: number, y: number): void;
  scale(x: number, y: number): void;
  beginPath(): void;
  closePath(): void;
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  bezierCurveTo(c1x: number, c1y: number, c2x: number, c2y: number, x: number, y: number): void;
  ellipse(x: number, y: number, rx: number, ry: number, rotation: number, start: number, end: number): void;
  roundRect(x: number, y: number, w: number, h: number, radius: number): void;
  fillRect(x: number, y: number, w: number, h: number): void;
  setLineDash(dash: number[]): void;
  fill(): void;
  stroke(): void;
  fillText(text: string, x: number, y: number): void;
  strokeText(text: string, x: number, y: number): void;
}

/** On the screen lines are no thinner than this: from afar nodes would have no outline, and edges would not be seen. */
const HAIR_PX = 0.75;

/** Paints the shapes through the view; what has a `minScale` above the view's scale is left out. */
export function draw(
  ctx: Draws,
  shapes: readonly Shape[],
  palette: Palette,
  view: View,
  fonts: Fonts = ownFonts,
): void {
  const pen: Pen = { ctx, palette, fonts, hair: HAIR_PX / view.scale };
  ctx.save();
  ctx.translate(view.x, view.y);
  ctx.scale(view.scale, view.scale);
  ctx.lineCap = 'round';
  ctx.lineJoin = 'round';
  ctx.textBaseline = 'alphabetic';
  for (const shape of shapes) if (view.scale >= (shape.minScale ?? 0)) drawShape(pen, shape);
  ctx.restore();
}

interface Pen {
  readonly ctx: Draws;
  readonly palette: Palette;
  readonly fonts: Fonts;
  /** The thinnest line, in layout units. */
  readonly hair: number;
}

function drawShape(pen: Pen, shape: Shape): void {
  pen.ctx.globalAlpha = shape.opacity ?? 1;
  switch (shape.type) {
    case 'text':
      return drawText(pen, shape);
    case 'heatmap':
      return drawHeatmap(pen, shape);
    case 'pulse':
      return drawPulse(pen, shape);
    default:
      trace(pen.ctx, shape);
      paint(pen, shape);
  }
}

type Outlined = Exclude<Shape, TextShape | HeatmapShape | PulseShape>;

function trace(ctx: Draws, shape: Outlined): void {
  ctx.beginPath();
  if (shape.type === 'rect') return traceRect(ctx, shape);
  if (shape.type === 'ellipse') return ctx.ellipse(shape.x, shape.y, shape.rx, shape.ry, 0, 0, 2 * Math.PI);
  const at = (i: number): number => shape.points[i] ?? 0;
  ctx.moveTo(at(0), at(1));
  if (shape.type === 'polyline') {
    for (let i = 2; i < shape.points.length; i += 2) ctx.lineTo(at(i), at(i + 1));
  } else {
    for (let i = 2; i < shape.points.length; i += 6) {
      ctx.bezierCurveTo(at(i), at(i + 1), at(i + 2), at(i + 3), at(i + 4), at(i + 5));
    }
  }
  if (shape.closed) ctx.closePath();
}

function traceRect(ctx: Draws, { x, y, w, h, radius }: RectShape): void {
  ctx.roundRect(x, y, w, h, Math.min(radius, w / 2, h / 2));
}

function paint({ ctx, palette, hair }: Pen, shape: Outlined): void {
  if (shape.fill !== undefined) {
    ctx.fillStyle = palette[shape.fill];
    ctx.fill();
  }
  if (shape.stroke === undefined) return;
  ctx.strokeStyle = palette[shape.stroke];
  ctx.lineWidth = Math.max(shape.width ?? 1, hair);
  ctx.setLineDash([...(shape.dash ?? [])]);
  ctx.stroke();
}

/** From a text's middle to its baseline, as a share of its size. */
export const BASELINE = 0.35;

function drawText({ ctx, palette, fonts }: Pen, shape: TextShape): void {
  ctx.font = `${shape.weight} ${shape.size}px ${fonts[shape.family]}`;
  ctx.textAlign = { start: 'left', middle: 'center', end: 'right' }[shape.anchor];
  const y = shape.y + shape.size * BASELINE;
  if (shape.halo !== undefined) {
    ctx.strokeStyle = palette[shape.halo];
    ctx.lineWidth = 4;
    ctx.setLineDash([]);
    ctx.strokeText(shape.text, shape.x, y);
  }
  ctx.fillStyle = palette[shape.fill];
  ctx.fillText(shape.text, shape.x, y);
}

function drawHeatmap({ ctx, palette }: Pen, shape: HeatmapShape): void {
  const opacity = shape.opacity ?? 1;
  const fill = ({ x, y, w, h }: Area, token: Token): void => {
    ctx.fillStyle = palette[token];
    ctx.fillRect(x, y, w, h);
  };
  const [frame, ground] = groundsOf(shape);
  fill(frame, 'line');
  fill(ground, shape.ground);
  for (const cell of cellsOf(shape)) {
    ctx.globalAlpha = opacity * cell.opacity;
    fill(cell, cell.fill);
    ctx.globalAlpha = opacity;
    for (const bar of cell.bars) fill(bar, cell.barFill);
  }
}

/** Rings of a pulse from the outside in: radius as a multiple of the core's, and opacity. */
export const PULSE_RINGS = [
  [3.2, 0.1],
  [2.2, 0.18],
  [1.5, 0.35],
  [1, 1],
] as const;

function drawPulse({ ctx, palette }: Pen, shape: PulseShape): void {
  ctx.fillStyle = palette[shape.fill];
  for (const [spread, opacity] of PULSE_RINGS) {
    ctx.globalAlpha = (shape.opacity ?? 1) * opacity;
    ctx.beginPath();
    ctx.ellipse(shape.x, shape.y, shape.r * spread, shape.r * spread, 0, 0, 2 * Math.PI);
    ctx.fill();
  }
}
