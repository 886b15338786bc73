/** The rectangle around shapes: what stands beside a node or on an edge may lie beyond the layout's bounds. */
import type { Rect } from '../layout/types';
import { estimateText } from './type';
import type { Shape, TextShape } from './types';

/** Room between the outermost shape and the border that it pushed out. */
const MARGIN = 4;
/** From a text's vertical middle to where its glyphs end, as a share of its size. */
const TALL = 0.6;

/** `bounds`, wider on each side on which a shape lies beyond it. */
export function grownAround(bounds: Rect, shapes: readonly Shape[]): Rect {
  const { x, y, width, height } = bounds;
  const all: Corners = [x, y, x + width, y + height];
  const grown = shapes
    .map(cornersOf)
    .reduce(
      ([left, top, right, bottom], [l, t, r, b]): Corners => [
        l < x ? Math.min(left, Math.floor(l) - MARGIN) : left,
        t < y ? Math.min(top, Math.floor(t) - MARGIN) : top,
        r > x + width ? Math.max(right, Math.ceil(r) + MARGIN) : right,
        b > y + height ? Math.max(bottom, Math.ceil(b) + MARGIN) : bottom,
      ],
      all,
    );
  return { x: grown[0], y: grown[1], width: grown[2] - grown[0], height: grown[3] - grown[1] };
}

type Corners = readonly [left: number, top: number, right: number, bottom: number];

function cornersOf(shape: Shape): Corners {
  switch (shape.type) {
    case 'rect':
    case 'heatmap':
      return [shape.x, shape.y, shape.x + shape.w, shape.y + shape.h];
    case 'ellipse':
      return around(shape.x, shape.y, shape.rx, shape.ry);
    case 'pulse':
      return around(shape.x, shape.y, shape.r, shape.r);
    case 'text':
      return cornersOfText(shape);
    case 'path':
    case 'polyline': {
      const across = shape.points.filter((_, i) => i % 2 === 0);
      const down = shape.points.filter((_, i) => i % 2 === 1);
      return [Math.min(...across), Math.min(...down), Math.max(...across), Math.max(...down)];
    }
  }
}

function around(x: number, y: number, across: number, down: number): Corners {
  return [x - across, y - down, x + across, y + down];
}

function cornersOfText({ x, y, text, size, family, anchor }: TextShape): Corners {
  const width = estimateText(text, size, family);
  const left = anchor === 'start' ? x : anchor === 'middle' ? x - width / 2 : x - width;
  return [left, y - TALL * size, left + width, y + TALL * size];
}
