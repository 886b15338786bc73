/**
 * The proper graph cut between two layers wherever all links there share an end. What is above and what is below hang
 * together by that one vertex, the joint: their crossings have nothing to do with each other, nor have the ways of
 * their links, so each section is ordered and placed by itself, and long graphs cost no more than their length.
 */
import { degree, groupRows, indices, int, joined, real, type Rows } from './arrays';
import type { ProperGraph } from './proper';

export interface Section {
  /** The vertices of the whole that are in it, the nodes before the bends, and the links; of a run both from above. */
  readonly vertices: Int32Array;
  readonly links: Int32Array;
  /** All of these layers is in it. */
  readonly first: number;
  readonly last: number;
  /** The joint with the section above, and with the one below; -1 where there is none. */
  readonly above: number;
  readonly below: number;
  /** Whether it is a run of layers that have one vertex and one link on each: nothing in it is to be decided. */
  readonly straight: boolean;
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
      const last = layer === first && !this.#isOutside(above, layer, layer) ? this.#runFrom(layer) : -1;
      layer = Math.max(layer, last);
      const below = this.#shared(layer);
      if (below < 0) continue;
      const straight = last >= 0;
      sections.push(straight ? this.#run(first, last, above) : this.#section(first, layer, above, below));
      [first, above] = [layer + 1, below];
    }
    sections.push(this.#section(first, this.#graph.layerCount - 1, above, -1));
    return sections;
  }

  /** Equal for sections that differ in nothing but where they are in the whole. */
  shapeOf(section: Section, across: Float64Array): string {
    const { vertices, links, above, below } = this.#number(section);
    const { upper, lower, weight, upperAside, lowerAside, layers } = this.#graph;
    const top = int(layers, int(vertices, 0));
    const joints = [above, below].map((v) => (v < 0 ? v : int(this.#local, v)));
    const numbers: number[] = [vertices.length, links.length, ...joints];
    vertices.forEach((v, i) => {
      const bend = v >= this.#graph.real;
      numbers.push(int(layers, v) - top, bend ? -Number(this.#begins(vertices, i)) : real(across, v));
    });
    for (const link of links) {
      numbers.push(int(this.#local, int(upper, link)), int(this.#local, int(lower, link)));
      numbers.push(real(weight, link), real(upperAside, link), real(lowerAside, link));
    }
    return numbers.join();
  }

  /** A section as a graph of its own, its vertices numbered anew. */
  graphOf(section: Section): ProperGraph {
    const { vertices, links, above, below } = this.#number(section);
    const whole = this.#graph;
    const top = vertices.reduce((least, v) => Math.min(least, int(whole.layers, v)), Infinity);
    const layers = Int32Array.from(vertices, (v) => int(whole.layers, v) - top);
    const nodes = vertices.findIndex((v) => v >= whole.real);
    const upper = Int32Array.from(links, (link) => int(this.#local, int(whole.upper, link)));
    const lower = Int32Array.from(links, (link) => int(this.#local, int(whole.lower, link)));
    const own = indices(links.length);
    return {
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
      firstBend: indices(vertices.length).filter((i) => this.#begins(vertices, i)),
      depths: this.#depths(section),
      joints: [above, below].filter((v) => v >= 0).map((v) => int(this.#local, v)),
    };
  }

  #number(section: Section): Section {
    section.vertices.forEach((v, i) => (this.#local[v] = i));
    return section;
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

  /** The last of the layers from one on that have one vertex, and from it one link; -1 where that one has more. */
  #runFrom(first: number): number {
    let after = first;
    while (degree(this.#vertices, after) === 1 && degree(this.#links, after) === 1) after++;
    return after === first ? -1 : after - 1;
  }

  #run(first: number, last: number, above: number): Section {
    const links = within(this.#links, first, last);
    const below = int(this.#graph.lower, int(links, links.length - 1));
    const vertices = new Int32Array(links.length + 1);
    vertices.set(within(this.#vertices, first, last));
    vertices[links.length] = below;
    return { vertices, links, first, last, above, below, straight: true };
  }

  #section(first: number, last: number, above: number, below: number): Section {
    const outside = [above, below].filter((joint) => this.#isOutside(joint, first, last));
    const vertices = joined(Int32Array.from(outside), within(this.#vertices, first, last)).sort();
    const from = this.#isOutside(above, first, last) ? first - 1 : first;
    const to = this.#isOutside(below, first, last) ? last : last - 1;
    const links = within(this.#links, from, to).slice().sort();
    const straight = vertices.length <= 2 && links.length <= 1;
    return { vertices, links, first, last, above, below, straight };
  }

  /** Whether a joint is an end in the layer beyond, there to close the section. */
  #isOutside(joint: number, first: number, last: number): boolean {
    if (joint < 0) return false;
    const layer = int(this.#graph.layers, joint);
    return layer < first || layer > last;
  }

  /** Whether a bend is the first of its edge, or goes on from the section above. */
  #begins(vertices: Int32Array, i: number): boolean {
    const v = int(vertices, i);
    return v >= this.#graph.real && (this.#starts[v] === 1 || vertices[i - 1] !== v - 1);
  }

  /** As in the whole, but with every joint equally deep: so what looks alike is alike wherever it is. */
  #depths({ vertices, links, above }: Section): Int32Array {
    const { upper, lower, layers, real: nodes } = this.#graph;
    const depths = new Int32Array(vertices.length);
    if (above >= 0) depths[int(this.#local, above)] = JOINT_DEPTH;
    const down = [...links].sort((a, b) => int(layers, int(upper, a)) - int(layers, int(upper, b)));
    for (const link of down) {
      const [u, v] = [int(this.#local, int(upper, link)), int(this.#local, int(lower, link))];
      const depth = int(depths, u) + (int(lower, link) < nodes ? 1 : 0);
      depths[v] = Math.max(int(depths, v), depth);
    }
    return depths;
  }
}

const JOINT_DEPTH = 1000;

function picked(values: Float64Array, links: Int32Array): Float64Array {
  return Float64Array.from(links, (link) => real(values, link));
}

function within({ starts, items }: Rows, first: number, last: number): Int32Array {
  return items.subarray(int(starts, first), int(starts, last + 1));
}
