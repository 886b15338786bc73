/** The scene's text twin: one line per shape that says something, in paint order. */
import type { Shape } from './types';

export function sceneToText(shapes: readonly Shape[]): string {
  return shapes.map(line).join('\n') + '\n';
}

function line(shape: Shape): string {
  const opacity = shape.opacity === undefined ? '' : ` at ${Math.round(shape.opacity * 100)}%`;
  return `${shape.key} ${shape.type} ${detail(shape)}${opacity}`;
}

function detail(shape: Shape): string {
  switch (shape.type) {
    case 'text':
      return `${shape.fill} “${shape.text}”`;
    case 'heatmap':
      return `${shape.positive}/${shape.negative} ${shape.rows}×${shape.columns}`;
    case 'pulse':
      return `${shape.fill} ${Math.round(shape.x)},${Math.round(shape.y)}`;
    default:
      return `${shape.fill ?? 'none'}/${shape.stroke ?? 'none'}${shape.dash ? ' dashed' : ''}`;
  }
}
