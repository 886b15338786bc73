/** All blocks in one line from left to right, and with it the order within each layer. */
import { groupRows, indices, int, real } from './arrays';
import type { Blocks } from './blocks';
import type { LayerOrder } from './crossings';
import { number } from './sweeps';

export class Line {
  /** Blocks left to right, and each one's place among them. */
  readonly blocks: Int32Array;
  readonly rank: Float64Array;
  /** Vertices by layer, left to right: layer l is `slots[starts[l]]` up to before `slots[starts[l + 1]]`. */
  readonly starts: Int32Array;
  readonly slots: Int32Array;
  /** Of each vertex, in `slots`. */
  readonly places: Int32Array;
  readonly #all: Blocks;
  readonly #kept: readonly Int32Array[];

  constructor(all: Blocks, layers: Int32Array) {
    this.#all = all;
    this.blocks = indices(all.count);
    this.rank = new Float64Array(all.count);
    const rows = groupRows(all.layerCount, layers, indices(layers.length));
    this.starts = rows.starts;
    this.slots = rows.items;
    this.places = new Int32Array(layers.length);
    this.#kept = [this.blocks, this.slots, this.places].map((each) => each.slice());
    this.set(this.blocks);
  }

  set(blocks: Int32Array): void {
    this.blocks.set(blocks);
    this.#number();
    for (let layer = 0; layer < this.#all.layerCount; layer++) {
      const row = this.slots.subarray(int(this.starts, layer), int(this.starts, layer + 1));
      row.sort((a, b) => this.#rankOf(a) - this.#rankOf(b));
    }
    this.slots.forEach((v, i) => (this.places[v] = i));
  }

  /** From one place to another; those between move up. */
  move(from: number, to: number): void {
    if (from === to) return;
    const block = int(this.blocks, from);
    if (to < from) this.blocks.copyWithin(to + 1, to, from);
    else this.blocks.copyWithin(from, from + 1, to + 1);
    this.blocks[to] = block;
    for (let i = Math.min(from, to); i <= Math.max(from, to); i++) this.rank[int(this.blocks, i)] = i;
    const [top, bottom] = [int(this.#all.top, block), int(this.#all.bottom, block)];
    for (let layer = top; layer <= bottom; layer++)
      this.#moveInLayer(int(this.#all.first, block) + layer - top, layer);
  }

  #moveInLayer(v: number, layer: number): void {
    const [first, last] = [int(this.starts, layer), int(this.starts, layer + 1) - 1];
    const own = this.#rankOf(v);
    let place = int(this.places, v);
    for (; place > first && this.#rankOf(int(this.slots, place - 1)) > own; place--)
      this.#putAt(place, int(this.slots, place - 1));
    for (; place < last && this.#rankOf(int(this.slots, place + 1)) < own; place++)
      this.#putAt(place, int(this.slots, place + 1));
    this.#putAt(place, v);
  }

  #putAt(place: number, v: number): void {
    this.slots[place] = v;
    this.places[v] = place;
  }

  /** Remembers where all is, for `undo`. */
  keep(): void {
    const [blocks, slots, places] = this.#kept;
    blocks?.set(this.blocks);
    slots?.set(this.slots);
    places?.set(this.places);
  }

  undo(): void {
    const [blocks = this.blocks, slots = this.slots, places = this.places] = this.#kept;
    this.blocks.set(blocks);
    this.slots.set(slots);
    this.places.set(places);
    this.#number();
  }

  writeTo(order: LayerOrder): void {
    order.slots.set(this.slots);
    for (let layer = 0; layer < this.#all.layerCount; layer++) number(order, layer);
  }

  #number(): void {
    this.blocks.forEach((block, i) => (this.rank[block] = i));
  }

  #rankOf(v: number): number {
    return real(this.rank, int(this.#all.of, v));
  }
}
