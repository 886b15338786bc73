/** Where a shape is, and which shapes a viewport shows. */
import type { Rect } from '../layout/types';
import { estimateText } from './type';
import type { SceneInput, Shape, TextShape } from './types';

/** The shapes that may paint inside the viewport (layout coordinates), in the same order. */
export function visible(shapes: readonly Shape[], viewport: Rect): Shape[] {
  return shapes.filter((shape) => touches(boundsOf(shape), viewport, 0));
}

/** Whether what needs this scale to be seen is worth building. */
export function shows({ scale }: Pick<SceneInput, 'scale'>, minScale: number): boolean {
  return scale === undefined || scale >= minScale;
}

export function touches(a: Rect, b: Rect, margin: number): boolean {
  return (
    a.x <= b.x + b.width + margin &&
    b.x <= a.x + a.width + margin &&
    a.y <= b.y + b.height + margin &&
    b.y <= a.y + a.height + margin
  );
}

export function boundsOf(shape: Shape): Rect {
  switch (shape.type) {
    case 'rect':
    case 'heatmap':
      return { x: shape.x, y: shape.y, width: shape.w, height: shape.h };
    case 'ellipse':
      return around(shape.x, shape.y, shape.rx, shape.ry);
    case 'pulse':
      return around(shape.x, shape.y, shape.r * 4, shape.r * 4);
    case 'text':
      return textBounds(shape);
    case 'path':
    case 'polyline':
      return pointBounds(shape.points, (shape.width ?? 1) / 2);
  }
}

function around(x: number, y: number, rx: number, ry: number): Rect {
  return { x: x - rx, y: y - ry, width: 2 * rx, height: 2 * ry };
}

function textBounds({ x, y, anchor, text, size, family }: TextShape): Rect {
  const width = estimateText(text, size, family);
  const left = x - { start: 0, middle: width / 2, end: width }[anchor];
  return { x: left, y: y - size * 0.7, width, height: size * 1.4 };
}

/** The box around flat points, grown by a margin. */
export function pointBounds(points: readonly number[], margin: number): Rect {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < points.length; i += 2) {
    const [x = NaN, y = NaN] = [points[i], points[i + 1]];
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return {
    x: left - margin,
    y: top - margin,
    width: right - left + 2 * margin,
    height: bottom - top + 2 * margin,
  };
}
