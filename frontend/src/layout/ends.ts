/** The layers of nodes that stand before or after all others, whatever is between them. */
import { int } from './arrays';
import type { LayoutGraph } from './types';

export function pinEnds({ nodes }: LayoutGraph, layers: Int32Array): Int32Array {
  if (nodes.every(({ end }) => end === undefined)) return layers;
  const inner = layers.filter((_, i) => nodes[i]?.end === undefined);
  const least = inner.reduce((first, layer) => Math.min(first, layer), Infinity);
  const most = inner.reduce((last, layer) => Math.max(last, layer), -Infinity);
  const empty = inner.length === 0;
  return Int32Array.from(nodes, ({ end }, i) => {
    if (end === 'first') return 0;
    if (end === 'last') return empty ? 1 : most - least + 2;
    return int(layers, i) - least + 1;
  });
}
