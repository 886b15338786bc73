/** Levels that were laid out, by their shape: identical blocks are laid out once, and what stays as it was not again. */
import { renamed } from './alike';
import { layout } from './layout';
import type { Layout, LayoutGraph, LayoutOptions } from './types';

const MOST = 256;

export class LevelMemory {
  readonly #known = new Map<string, { readonly graph: LayoutGraph; readonly layout: Layout }>();

  layOut(graph: LayoutGraph, options: LayoutOptions): Layout {
    const shape = shapeOf(graph, options);
    const known = this.#known.get(shape);
    if (known !== undefined) {
      this.#known.delete(shape);
      this.#known.set(shape, known);
      return renamed(known.layout, known.graph, graph);
    }
    const found = layout(graph, options);
    this.#known.set(shape, { graph, layout: found });
    const [oldest] = this.#known.keys();
    if (this.#known.size > MOST && oldest !== undefined) this.#known.delete(oldest);
    return found;
  }
}

/** Equal for graphs that differ in ids alone. */
function shapeOf({ nodes, edges }: LayoutGraph, options: LayoutOptions): string {
  const names = new Map(nodes.map(({ id }, i) => [id, i]));
  return [
    JSON.stringify(options),
    nodes.map(({ width, height, crown = 0, end = '' }) => `${width} ${height} ${crown}${end}`).join(),
    edges
      .map((edge) => [names.get(edge.source), names.get(edge.target), edge.slot, edge.exit, edge.entry])
      .join(),
  ].join('|');
}
