/** A binary heap of numbers by key, least first; among equal keys the number that is least. */
import { item } from './arrays';

export class Heap {
  readonly #items: number[] = [];
  readonly #keys: number[] = [];

  get size(): number {
    return this.#items.length;
  }
  get top(): number {
    return item(this.#items, 0);
  }
  get least(): number {
    return item(this.#keys, 0);
  }

  push(value: number, key: number): void {
    this.#items.push(value);
    this.#keys.push(key);
    for (let i = this.size - 1; i > 0 && this.#before(i, (i - 1) >> 1); i = (i - 1) >> 1) {
      this.#swap(i, (i - 1) >> 1);
    }
  }

  pop(): number {
    const top = this.top;
    this.#swap(0, this.size - 1);
    this.#items.pop();
    this.#keys.pop();
    for (let i = 0; ;) {
      let least = i;
      for (const child of [2 * i + 1, 2 * i + 2]) {
        if (child < this.size && this.#before(child, least)) least = child;
      }
      if (least === i) return top;
      this.#swap(i, least);
      i = least;
    }
  }

  #before(i: number, j: number): boolean {
    const [a, b] = [item(this.#keys, i), item(this.#keys, j)];
    return a < b || (a === b && item(this.#items, i) < item(this.#items, j));
  }

  #swap(i: number, j: number): void {
    for (const list of [this.#items, this.#keys]) {
      const kept = item(list, i);
      list[i] = item(list, j);
      list[j] = kept;
    }
  }
}
