/** Something that is told beside what it speaks of until the reader knows it, once for each browser. */
import { keep, kept } from './kept';

export class Hint {
  readonly #name: string;
  #open = $state(false);

  constructor(name: string) {
    this.#name = `hint-${name}`;
    this.#open = kept(this.#name) === null;
  }

  get open(): boolean {
    return this.#open;
  }

  /** The reader did what it speaks of, or put it away. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    keep(this.#name, 'known');
  }
}
