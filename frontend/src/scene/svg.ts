/** The same shapes as an SVG document. All text is escaped: what programs print and name is hostile. */
import type { Rect } from '../layout/types';
import { cellsOf, groundsOf, type Area } from './cells';
import { BASELINE, PULSE_RINGS } from './draw';
import { grownAround } from './extent';
import { fonts } from './type';
import type { HeatmapShape, Palette, Shape, TextShape, Token } from './types';

/** A standalone SVG of everything, on paper: of `bounds` (layout coordinates) and what lies beyond it. */
export function toSvg(shapes: readonly Shape[], palette: Palette, bounds: Rect): string {
  const { x, y, width, height } = grownAround(bounds, shapes);
  const box = [x, y, width, height].map(short).join(' ');
  const size = `width="${short(width)}" height="${short(height)}"`;
  const paper = element('rect', { x, y, width, height, fill: palette.paper });
  const body = shapes.map((shape) => shapeSvg(shape, palette)).join('\n');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${box}" ${size} ${INHERITED}>\n${paper}\n${body}\n</svg>\n`;
}

/** What most elements would say, said once. */
const INHERITED = `stroke-linecap="round" stroke-linejoin="round" font-family="${fonts.mono}"`;

type Attributes = Readonly<Record<string, string | number | undefined>>;

function element(name: string, attributes: Attributes, content?: string): string {
  const written = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : `${key}="${typeof value === 'number' ? short(value) : escape(value)}"`,
  );
  const open = `<${name} ${written.join(' ')}`;
  return content === undefined ? `${open}/>` : `${open}>${content}</${name}>`;
}

function shapeSvg(shape: Shape, palette: Palette): string {
  switch (shape.type) {
    case 'rect': {
      const { x, y, w, h, radius } = shape;
      return element('rect', {
        x,
        y,
        width: w,
        height: h,
        rx: Math.min(radius, w / 2, h / 2),
        ...paint(shape, palette),
      });
    }
    case 'ellipse':
      return element('ellipse', {
        cx: shape.x,
        cy: shape.y,
        rx: shape.rx,
        ry: shape.ry,
        ...paint(shape, palette),
      });
    case 'path':
    case 'polyline':
      return element('path', { d: pathData(shape), ...paint(shape, palette) });
    case 'pulse':
      return PULSE_RINGS.map(([spread, opacity]) =>
        element('circle', {
          cx: shape.x,
          cy: shape.y,
          r: shape.r * spread,
          fill: palette[shape.fill],
          opacity,
        }),
      ).join('');
    case 'text':
      return textSvg(shape, palette);
    case 'heatmap':
      return heatmapSvg(shape, palette);
  }
}

type Outlined = Extract<Shape, { type: 'rect' | 'ellipse' | 'path' | 'polyline' }>;

function paint(shape: Outlined, palette: Palette): Attributes {
  return {
    fill: shape.fill === undefined ? 'none' : palette[shape.fill],
    stroke: shape.stroke && palette[shape.stroke],
    'stroke-width': shape.stroke && (shape.width ?? 1),
    'stroke-dasharray': shape.dash?.map(short).join(' '),
    opacity: shape.opacity,
  };
}

function pathData(shape: Extract<Shape, { type: 'path' | 'polyline' }>): string {
  const numbers = shape.points.map(short);
  const command = shape.type === 'path' ? 'C' : 'L';
  const rest = numbers.length > 2 ? `${command}${numbers.slice(2).join(' ')}` : '';
  return `M${numbers.slice(0, 2).join(' ')}${rest}${shape.closed ? 'Z' : ''}`;
}

function textSvg(shape: TextShape, palette: Palette): string {
  const halo = shape.halo && { stroke: palette[shape.halo], 'stroke-width': 4, 'paint-order': 'stroke' };
  const attributes: Attributes = {
    x: shape.x,
    y: shape.y + shape.size * BASELINE,
    fill: palette[shape.fill],
    ...halo,
    'font-family': shape.family === 'mono' ? undefined : fonts[shape.family],
    'font-size': shape.size,
    'font-weight': shape.weight,
    'text-anchor': shape.anchor,
    opacity: shape.opacity,
  };
  return element('text', attributes, escape(shape.text));
}

function heatmapSvg(shape: HeatmapShape, palette: Palette): string {
  const filled = ({ x, y, w, h }: Area, token: Token, opacity?: number): string =>
    element('rect', { x, y, width: w, height: h, fill: palette[token], 'fill-opacity': opacity });
  const [frame, ground] = groundsOf(shape);
  const cells = cellsOf(shape).map(
    (cell) =>
      filled(cell, cell.fill, cell.opacity) + cell.bars.map((bar) => filled(bar, cell.barFill)).join(''),
  );
  const grounds = filled(frame, 'line') + filled(ground, shape.ground);
  return element('g', { opacity: shape.opacity }, grounds + cells.join(''));
}

function short(value: number): string {
  return String(Math.round(value * 100) / 100 + 0);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Markup characters as entities; control characters, which XML does not allow, as a replacement mark. */
function escape(text: string): string {
  return text
    .replace(/[&<>"']/g, (mark) => ESCAPES[mark] ?? mark)
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\u{FFFD}');
}
