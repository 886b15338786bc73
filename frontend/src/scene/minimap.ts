/** The whole graph as a few pixels: a block for each node, by kind, and nothing else. */
import type { Layout } from '../layout/types';
import type { Model } from '../model/types';
import type { RectShape } from './types';

const OPACITY = 0.55;

export function minimapShapes(model: Model, layout: Layout): RectShape[] {
  return Array.from(layout.nodes.values(), ({ id, x, y, width, height }) => ({
    type: 'rect',
    key: `minimap:${id}`,
    x: x - width / 2,
    y: y - height / 2,
    w: width,
    h: height,
    radius: 0,
    fill: model.nodes[id]?.kind === 'leaf' ? 'ink' : 'ink-faint',
    opacity: OPACITY,
  }));
}
