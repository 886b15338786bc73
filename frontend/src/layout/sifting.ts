/**
 * Global sifting after Bachmaier, Brandenburg, Brunner and Hübner (2010): all blocks (nodes, and the bends of an edge
 * as one) stand in one line, and each in turn goes to its best place in it. Edges so stay straight and cross once.
 */
import { degree, int, real, type Rows } from './arrays';
import { blocksOf, type Blocks } from './blocks';
import type { LayerOrder } from './crossings';
import type { Chance } from './first-orders';
import { Line } from './line';
import { lineUp } from './line-up';
import type { ProperGraph } from './proper';

const ROUNDS = 10;
/** The most blocks that a kick moves are this share of all. */
const KICKED = 1 / 16;
/** How often a block is sifted after a kick, at most, in the mean of all. */
const TURNS = 8;

export class Sifter {
  /** Counts pairs of blocks looked at and links compared. */
  work = 0;
  readonly #all: Blocks;
  readonly #line: Line;

  constructor(graph: ProperGraph) {
    this.#all = blocksOf(graph);
    this.#line = new Line(this.#all, graph.layers);
  }

  get blocks(): number {
    return this.#all.count;
  }

  lineUp(order: LayerOrder): void {
    this.#line.set(lineUp(this.#all, order));
  }

  /** The layered order that the line stands for. */
  writeTo(order: LayerOrder): void {
    this.#line.writeTo(order);
  }

  /** Sifts all blocks until that helps no more or the budget of work ends. */
  sift(budget: number): void {
    for (let round = 0, saved = 1; round < ROUNDS && saved > 0 && this.work < budget; round++) {
      saved = 0;
      for (let block = 0; block < this.blocks; block++) saved += this.#siftOne(block);
    }
  }

  /**
   * Some blocks that hang together to another place, then all that are linked with what moves to their best ones:
   * a way out of what no single move betters. Undone where there are more crossings then. How many are saved.
   */
  kick(chance: Chance): number {
    const group = this.#group(chance(this.blocks), 2 + chance(2 + Math.floor(this.blocks * KICKED)));
    const goal = chance(this.blocks);
    if (group.includes(goal)) return 0;
    this.#line.keep();
    const saved = this.#carryAll(group, goal) + this.#settle(group);
    if (saved < 0) this.#line.undo();
    return Math.max(0, saved);
  }

  /** A block and those nearest to it by links, from left to right. */
  #group(block: number, size: number): number[] {
    const group = [block];
    for (let i = 0; i < group.length && group.length < size; i++)
      this.#forLinked(group[i] as number, (next) => {
        if (group.length < size && !group.includes(next)) group.push(next);
      });
    const { rank } = this.#line;
    return group.sort((a, b) => real(rank, a) - real(rank, b));
  }

  #forLinked(block: number, visit: (linked: number) => void): void {
    for (const { starts, items } of [this.#all.above, this.#all.below])
      for (let k = int(starts, block); k < int(starts, block + 1); k++) visit(int(items, k));
  }

  /** Blocks, given from left to right, to just before or behind another. The crossings saved. */
  #carryAll(group: readonly number[], goal: number): number {
    const { rank } = this.#line;
    const leftwards = (block: number): boolean => real(rank, goal) < real(rank, block);
    const before = group.filter((block) => !leftwards(block)).reverse();
    return [...before, ...group.filter(leftwards)].reduce(
      (saved, block) => saved + this.#carry(block, real(rank, goal)),
      0,
    );
  }

  /** Past its neighbours to a place. The crossings saved, below zero where there are more. */
  #carry(block: number, to: number): number {
    const { blocks, rank } = this.#line;
    const from = real(rank, block);
    let saved = 0;
    for (let i = from - 1; i >= to; i--) saved += this.#gainLeftwards(block, i);
    for (let i = from + 1; i <= to; i++) saved += this.#gainRightwards(block, i);
    rank[block] = from;
    this.#line.move(from, to);
    this.work += blocks.length;
    return saved;
  }

  /** Sifts some blocks and what is linked to them, and then all that are linked to one that moved. */
  #settle(group: readonly number[]): number {
    const queue = [...group];
    const waiting = new Set(queue);
    const enter = (block: number): void => {
      if (waiting.has(block)) return;
      waiting.add(block);
      queue.push(block);
    };
    for (const block of group) this.#forLinked(block, enter);
    let saved = 0;
    for (let i = 0; i < queue.length && i < TURNS * this.blocks; i++) {
      const block = queue[i] as number;
      waiting.delete(block);
      const gain = this.#siftOne(block);
      if (gain > 0) this.#forLinked(block, enter);
      saved += gain;
    }
    return saved;
  }

  /** To where it crosses least. The crossings saved. */
  #siftOne(block: number): number {
    const inOneLayer = int(this.#all.top, block) === int(this.#all.bottom, block);
    return inOneLayer ? this.#siftInLayer(block) : this.#siftInLine(block);
  }

  /** Past those in its layer: no others have links that cross its own. */
  #siftInLayer(block: number): number {
    const { starts, slots, places, rank } = this.#line;
    const { first, top, of } = this.#all;
    const from = real(rank, block);
    const place = int(places, int(first, block));
    const [start, end] = [int(starts, int(top, block)), int(starts, int(top, block) + 1)];
    let [most, to] = [0, from];
    for (let i = place - 1, gain = 0; i >= start; i--) {
      const other = int(of, int(slots, i));
      gain += this.#gain(other, block);
      if (gain > most) [most, to] = [gain, real(rank, other)];
    }
    for (let i = place + 1, gain = 0; i < end; i++) {
      const other = int(of, int(slots, i));
      gain += this.#gain(block, other);
      if (gain > most) [most, to] = [gain, real(rank, other)];
    }
    this.#line.move(from, to);
    return most;
  }

  #siftInLine(block: number): number {
    const { blocks, rank } = this.#line;
    const from = real(rank, block);
    let [most, to] = [0, from];
    for (let i = from - 1, gain = 0; i >= 0; i--) {
      gain += this.#gainLeftwards(block, i);
      if (gain > most) [most, to] = [gain, i];
    }
    for (let i = from + 1, gain = 0; i < blocks.length; i++) {
      gain += this.#gainRightwards(block, i);
      if (gain > most) [most, to] = [gain, i];
    }
    rank[block] = from;
    this.#line.move(from, to);
    this.work += blocks.length;
    return most;
  }

  /** What going past the block at a place saves; whoever asks puts the rank right again. */
  #gainLeftwards(block: number, place: number): number {
    const other = int(this.#line.blocks, place);
    if (this.#apart(block, other)) return 0;
    this.#line.rank[block] = place + 0.5;
    return this.#gain(other, block);
  }

  #gainRightwards(block: number, place: number): number {
    const other = int(this.#line.blocks, place);
    if (this.#apart(block, other)) return 0;
    this.#line.rank[block] = place - 0.5;
    return this.#gain(block, other);
  }

  /** Whether two blocks have no layer in common. */
  #apart(one: number, other: number): boolean {
    const { top, bottom } = this.#all;
    return int(top, one) > int(bottom, other) || int(top, other) > int(bottom, one);
  }

  /** How many crossings fewer there are when left and right, next to each other in a layer, change places. */
  #gain(left: number, right: number): number {
    const { top, bottom, above, below } = this.#all;
    this.work++;
    return (
      this.#gainOn(above, left, right, int(top, left) - int(top, right)) +
      this.#gainOn(below, left, right, int(bottom, right) - int(bottom, left))
    );
  }

  /** Above or below them, where the one further on (`left` below zero) is linked to itself. */
  #gainOn(rows: Rows, left: number, right: number, further: number): number {
    if (further === 0) return this.#gainBeside(rows, left, right);
    return further < 0 ? this.#gainOver(rows, right, left) : -this.#gainOver(rows, left, right);
  }

  /** Where both blocks end. */
  #gainBeside(rows: Rows, left: number, right: number): number {
    const { starts, items } = rows;
    const { rank } = this.#line;
    const [first, last] = [int(starts, right), int(starts, right + 1)];
    let gain = 0;
    this.work += degree(rows, left) * (last - first);
    for (let i = int(starts, left); i < int(starts, left + 1); i++) {
      const place = real(rank, int(items, i));
      for (let j = first; j < last; j++) {
        const other = real(rank, int(items, j));
        gain += place > other ? 1 : place < other ? -1 : 0;
      }
    }
    return gain;
  }

  /** Where one block ends and one goes on: how many more links of the one end left of the other than right of it. */
  #gainOver(rows: Rows, ends: number, goesOn: number): number {
    const { starts, items } = rows;
    const { rank } = this.#line;
    const place = real(rank, goesOn);
    let gain = 0;
    this.work += degree(rows, ends);
    for (let i = int(starts, ends); i < int(starts, ends + 1); i++) {
      const other = real(rank, int(items, i));
      gain += place > other ? 1 : place < other ? -1 : 0;
    }
    return gain;
  }
}
