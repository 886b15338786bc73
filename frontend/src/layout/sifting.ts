/**
 * Global sifting after Bachmaier, Brandenburg, Brunner and Hübner (2010): all blocks (nodes, and the bends of an edge
 * as one) stand in one line, and each in turn goes to its best place in it. Edges so stay straight and cross once.
 */
import { degree, groupRows, indices, int, real, type Rows } from './arrays';
import type { LayerOrder } from './crossings';
import { Heap } from './heap';
import type { ProperGraph } from './proper';
import { number } from './sweeps';

const ROUNDS = 10;

export class Sifter {
  /** Counts pairs of blocks looked at and links compared. */
  work = 0;
  readonly #graph: ProperGraph;
  readonly #blockOf: Int32Array;
  readonly #top: Int32Array;
  readonly #bottom: Int32Array;
  /** Each block's first vertex; the others of a chain follow. */
  readonly #first: Int32Array;
  /** Blocks left to right, and each one's place among them. */
  #line: Int32Array;
  readonly #rank: Float64Array;

  constructor(graph: ProperGraph) {
    this.#graph = graph;
    const first = [...indices(graph.real), ...graph.firstBend.filter((v) => v >= 0)];
    this.#first = Int32Array.from(first);
    this.#blockOf = new Int32Array(graph.count);
    this.#top = this.#first.map((v) => int(graph.layers, v));
    this.#bottom = this.#top.slice();
    this.#first.forEach((v, block) => {
      const end = block < graph.real ? v + 1 : (this.#first[block + 1] ?? graph.count);
      this.#blockOf.fill(block, v, end);
      this.#bottom[block] = int(graph.layers, end - 1);
    });
    this.#line = indices(first.length);
    this.#rank = new Float64Array(first.length);
  }

  /** Lines the blocks up as a layered order has them in every layer; where layers contradict, by their middles. */
  lineUp(order: LayerOrder): void {
    const middles = this.#middles(order);
    const { left, right } = this.#neighbours(order);
    const after = groupRows(this.blocks, left, right);
    const waiting = new Int32Array(this.blocks);
    for (const block of right) waiting[block] = int(waiting, block) + 1;
    const [ready, stuck] = [new Heap(), new Heap()];
    middles.forEach((middle, block) => (int(waiting, block) === 0 ? ready : stuck).push(block, middle));
    const placed = new Uint8Array(this.blocks);
    const line = new Int32Array(this.blocks);
    for (let i = 0; i < line.length;) {
      const block = ready.size > 0 ? ready.pop() : stuck.pop();
      if (placed[block]) continue;
      placed[block] = 1;
      line[i++] = block;
      for (let k = int(after.starts, block); k < int(after.starts, block + 1); k++) {
        const next = int(after.items, k);
        waiting[next] = int(waiting, next) - 1;
        if (int(waiting, next) === 0) ready.push(next, real(middles, next));
      }
    }
    this.#setLine(line);
  }

  /** Of each block the mean of its places, from the middles of its layers. */
  #middles(order: LayerOrder): Float64Array {
    const sums = new Float64Array(this.blocks);
    const counts = new Int32Array(this.blocks);
    for (let layer = 0; layer < this.#graph.layerCount; layer++) {
      const [start, end] = [int(order.starts, layer), int(order.starts, layer + 1)];
      for (let i = start; i < end; i++) {
        const block = int(this.#blockOf, int(order.slots, i));
        sums[block] = real(sums, block) + (i - start) - (end - start - 1) / 2;
        counts[block] = int(counts, block) + 1;
      }
    }
    return sums.map((sum, block) => sum / int(counts, block));
  }

  /** Blocks that are neighbours in a layer. */
  #neighbours(order: LayerOrder): { left: Int32Array; right: Int32Array } {
    const { layerCount, count } = this.#graph;
    const [left, right] = [new Int32Array(count - layerCount), new Int32Array(count - layerCount)];
    let pairs = 0;
    for (let layer = 0; layer < layerCount; layer++) {
      for (let i = int(order.starts, layer) + 1; i < int(order.starts, layer + 1); i++) {
        left[pairs] = int(this.#blockOf, int(order.slots, i - 1));
        right[pairs++] = int(this.#blockOf, int(order.slots, i));
      }
    }
    return { left, right };
  }

  /** Sifts all blocks until that helps no more or the budget of work ends. */
  sift(budget: number): void {
    for (let round = 0, gain = 1; round < ROUNDS && gain > 0 && this.work < budget; round++) {
      gain = 0;
      for (let block = 0; block < this.#line.length; block++) gain += this.#siftOne(block);
    }
  }

  /** Some blocks to other places, by a lottery. */
  kick(chance: (below: number) => number, blocks: number): void {
    for (let i = 0; i < blocks; i++) {
      const from = chance(this.#line.length);
      this.#move(from, Math.min(this.#line.length - 1, Math.max(0, from + chance(21) - 10)));
    }
  }

  /** The layered order that the line stands for. */
  writeTo(order: LayerOrder): void {
    for (let layer = 0; layer < this.#graph.layerCount; layer++) {
      const row = order.slots.subarray(int(order.starts, layer), int(order.starts, layer + 1));
      row.sort((a, b) => real(this.#rank, int(this.#blockOf, a)) - real(this.#rank, int(this.#blockOf, b)));
      number(order, layer);
    }
  }

  get blocks(): number {
    return this.#line.length;
  }

  #setLine(line: Int32Array): void {
    this.#line = line;
    line.forEach((block, i) => (this.#rank[block] = i));
  }

  #siftOne(block: number): number {
    const from = real(this.#rank, block);
    let [most, to] = [0, from];
    for (let i = from - 1, gain = 0; i >= 0; i--) {
      this.#rank[block] = i + 0.5;
      gain += this.#gain(int(this.#line, i), block);
      if (gain > most) [most, to] = [gain, i];
    }
    for (let i = from + 1, gain = 0; i < this.#line.length; i++) {
      this.#rank[block] = i - 0.5;
      gain += this.#gain(block, int(this.#line, i));
      if (gain > most) [most, to] = [gain, i];
    }
    this.#rank[block] = from;
    this.work += this.#line.length;
    if (to !== from) this.#move(from, to);
    return most;
  }

  #move(from: number, to: number): void {
    const block = int(this.#line, from);
    if (to < from) this.#line.copyWithin(to + 1, to, from);
    else this.#line.copyWithin(from, from + 1, to + 1);
    this.#line[to] = block;
    for (let i = Math.min(from, to); i <= Math.max(from, to); i++) this.#rank[int(this.#line, i)] = i;
  }

  /** How many crossings fewer there are when left and right, neighbours in line, change places. */
  #gain(left: number, right: number): number {
    const top = Math.max(int(this.#top, left), int(this.#top, right));
    const bottom = Math.min(int(this.#bottom, left), int(this.#bottom, right));
    if (top > bottom) return 0;
    const { linksAbove, linksBelow, upper, lower } = this.#graph;
    return (
      this.#gainBeside([linksAbove, upper], this.#at(left, top), this.#at(right, top)) +
      this.#gainBeside([linksBelow, lower], this.#at(left, bottom), this.#at(right, bottom))
    );
  }

  #at(block: number, layer: number): number {
    return int(this.#first, block) + layer - int(this.#top, block);
  }

  #gainBeside([rows, ends]: [Rows, Int32Array], u: number, v: number): number {
    const [first, last] = [int(rows.starts, v), int(rows.starts, v + 1)];
    let gain = 0;
    this.work += degree(rows, u) * (last - first);
    for (let i = int(rows.starts, u); i < int(rows.starts, u + 1); i++) {
      const left = this.#rankAt(int(ends, int(rows.items, i)));
      for (let j = first; j < last; j++) {
        const right = this.#rankAt(int(ends, int(rows.items, j)));
        if (left > right) gain++;
        else if (left < right) gain--;
      }
    }
    return gain;
  }

  #rankAt(vertex: number): number {
    return real(this.#rank, int(this.#blockOf, vertex));
  }
}
