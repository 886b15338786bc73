/** Layouts of what is visible: of graphs of the same shape, in the same direction, at once; of others by the worker. */
import { renamed, sameShape, type Direction, type Layout, type LayoutGraph } from '../layout';
import { Layouter } from './layouter';

/** How many are kept. */
const KEPT = 12;

interface LaidOut {
  readonly graph: LayoutGraph;
  readonly layout: Layout;
}

export class Layouts {
  readonly #layouter = new Layouter();
  #kept: readonly LaidOut[] = [];

  known(graph: LayoutGraph, direction: Direction): Layout | null {
    const found = this.#kept.find(
      (each) => each.layout.direction === direction && sameShape(each.graph, graph),
    );
    return found ? renamed(found.layout, found.graph, graph) : null;
  }

  /** Never, where another is asked for meanwhile. */
  async of(graph: LayoutGraph, direction: Direction): Promise<Layout> {
    const known = this.known(graph, direction);
    if (known) return known;
    const layout = await this.#layouter.request(graph, { direction });
    this.#kept = [{ graph, layout }, ...this.#kept].slice(0, KEPT);
    return layout;
  }
}
