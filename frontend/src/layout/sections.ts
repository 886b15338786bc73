/**
 * The proper graph cut between two layers wherever all links there share an end. What is above and what is below hang
 * together by that one vertex, the joint: their crossings have nothing to do with each other, nor have the ways of
 * their links, so each section is ordered and placed by itself, and long graphs cost no more than their length.
 */
import { groupRows, indices, int, real, type Rows } from './arrays';
import type { ProperGraph } from './proper';

export interface Section {
  readonly graph: ProperGraph;
  /** Of each vertex of the section that of the whole; the nodes before the bends. */
  readonly vertices: Int32Array;
  /** The vertex, as in the whole, by which it hangs on what is above; -1 for the first section. */
  readonly joint: number;
}

/** Layers `first` to `last`, all of each. */
interface Cut {
  readonly first: number;
  readonly last: number;
  /** The vertex shared with the section above, and with the one below; -1 where there is none. */
  readonly above: number;
  readonly below: number;
}

export class Cutter {
  readonly #graph: ProperGraph;
  /** Vertices by layer, and links by the layer that they begin in. */
  readonly #vertices: Rows;
  readonly #links: Rows;
  readonly #starts: Uint8Array;
  readonly #local: Int32Array;

  constructor(graph: ProperGraph) {
    this.#graph = graph;
    this.#vertices = groupRows(graph.layerCount, graph.layers, indices(graph.count));
    const layers = graph.upper.map((v) => int(graph.layers, v));
    this.#links = groupRows(graph.layerCount, layers, indices(graph.upper.length));
    this.#local = new Int32Array(graph.count);
    this.#starts = new Uint8Array(graph.count);
    for (const bend of graph.firstBend) if (bend >= 0) this.#starts[bend] = 1;
  }

  /** From above, each after the one that it hangs on. */
  sections(): Section[] {
    const sections: Section[] = [];
    let [first, above] = [0, -1];
    for (let layer = 0; layer + 1 < this.#graph.layerCount; layer++) {
      const below = this.#shared(layer);
      if (below < 0) continue;
      sections.push(this.#section({ first, last: layer, above, below }));
      [first, above] = [layer + 1, below];
    }
    sections.push(this.#section({ first, last: this.#graph.layerCount - 1, above, below: -1 }));
    return sections;
  }

  #section(cut: Cut): Section {
    const vertices = this.#verticesOf(cut);
    const links = this.#linksWithin(cut).slice().sort();
    vertices.forEach((v, i) => (this.#local[v] = i));
    const whole = this.#graph;
    const top = vertices.reduce((least, v) => Math.min(least, int(whole.layers, v)), Infinity);
    const layers = vertices.map((v) => int(whole.layers, v) - top);
    const nodes = vertices.findIndex((v) => v >= whole.real);
    const upper = links.map((link) => int(this.#local, int(whole.upper, link)));
    const lower = links.map((link) => int(this.#local, int(whole.lower, link)));
    const own = indices(links.length);
    const graph: ProperGraph = {
      real: nodes < 0 ? vertices.length : nodes,
      count: vertices.length,
      layers,
      layerCount: layers.reduce((most, layer) => Math.max(most, layer + 1), 0),
      upper,
      lower,
      weight: picked(whole.weight, links),
      upperAside: picked(whole.upperAside, links),
      lowerAside: picked(whole.lowerAside, links),
      linksAbove: groupRows(vertices.length, lower, own),
      linksBelow: groupRows(vertices.length, upper, own),
      firstBend: this.#firstBends(vertices),
      depths: this.#depths(vertices, cut),
      joints: [cut.above, cut.below].filter((v) => v >= 0).map((v) => int(this.#local, v)),
    };
    return { graph, vertices, joint: cut.above };
  }

  /** The end that all links below a layer share; -1 where they share none or are none. */
  #shared(layer: number): number {
    const { upper, lower } = this.#graph;
    const { starts, items } = this.#links;
    const [start, end] = [int(starts, layer), int(starts, layer + 1)];
    if (start === end) return -1;
    let [from, to] = [int(upper, int(items, start)), int(lower, int(items, start))];
    for (let i = start + 1; i < end && (from >= 0 || to >= 0); i++) {
      if (int(upper, int(items, i)) !== from) from = -1;
      if (int(lower, int(items, i)) !== to) to = -1;
    }
    return to >= 0 ? to : from;
  }

  #verticesOf({ first, last, above, below }: Cut): Int32Array {
    const { starts, items } = this.#vertices;
    const within = items.subarray(int(starts, first), int(starts, last + 1));
    const joints = [above, below].filter((joint) => this.#outside(joint, first, last));
    return Int32Array.from([...within, ...joints]).sort();
  }

  /** By layer. */
  #linksWithin({ first, last, above, below }: Cut): Int32Array {
    const { starts, items } = this.#links;
    const from = this.#outside(above, first, last) ? first - 1 : first;
    const to = this.#outside(below, first, last) ? last + 1 : last;
    return items.subarray(int(starts, from), int(starts, to));
  }

  /** Whether a joint is an end in the layer beyond, there to close the section. */
  #outside(joint: number, first: number, last: number): boolean {
    if (joint < 0) return false;
    const layer = int(this.#graph.layers, joint);
    return layer < first || layer > last;
  }

  /** Where the bends of an edge begin, or go on from the section above. */
  #firstBends(vertices: Int32Array): Int32Array {
    const begins = (v: number, i: number): boolean =>
      v >= this.#graph.real && (this.#starts[v] === 1 || vertices[i - 1] !== v - 1);
    return indices(vertices.length).filter((i) => begins(int(vertices, i), i));
  }

  /** As in the whole, but with every joint equally deep: so what looks alike is alike wherever it is. */
  #depths(vertices: Int32Array, cut: Cut): Int32Array {
    const depths = new Int32Array(vertices.length);
    if (cut.above >= 0) depths[int(this.#local, cut.above)] = JOINT_DEPTH;
    for (const link of this.#linksWithin(cut)) {
      const [u, v] = [int(this.#graph.upper, link), int(this.#graph.lower, link)];
      const depth = int(depths, int(this.#local, u)) + (v < this.#graph.real ? 1 : 0);
      depths[int(this.#local, v)] = Math.max(int(depths, int(this.#local, v)), depth);
    }
    return depths;
  }
}

const JOINT_DEPTH = 1000;

function picked(values: Float64Array, links: Int32Array): Float64Array {
  return Float64Array.from(links, (link) => real(values, link));
}
