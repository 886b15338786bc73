/** The search on the stage: what is sought, which nodes fit, and which of them is looked at. */

/** Finds the ids of the nodes that fit some words, the best first. */
export type Find = (text: string) => readonly number[];

export class Search {
  #text = $state('');
  #open = $state(false);
  /** Index of the result that is looked at; -1: none yet. */
  #at = $state(-1);
  readonly #find: Find;
  readonly #results = $derived.by(() => (this.#open ? this.#find(this.#text) : []));
  readonly #goTo: (node: number) => void;

  constructor(find: Find, goTo: (node: number) => void) {
    this.#find = find;
    this.#goTo = goTo;
  }

  get open(): boolean {
    return this.#open;
  }
  get text(): string {
    return this.#text;
  }
  get results(): readonly number[] {
    return this.#results;
  }
  get at(): number {
    return Math.min(this.#at, this.#results.length - 1);
  }

  show(): void {
    this.#open = true;
  }
  close(): void {
    this.#open = false;
    this.#at = -1;
  }
  seek(text: string): void {
    this.#text = text;
    this.#at = -1;
  }
  /** Looks at the next result, or at the one before; around the ends. */
  move(by: 1 | -1): void {
    const count = this.#results.length;
    if (count === 0) return;
    const from = this.at < 0 && by < 0 ? 0 : this.at;
    this.#look((from + by + count) % count);
  }
  choose(node: number): void {
    this.#look(this.#results.indexOf(node));
  }

  #look(at: number): void {
    const node = this.#results[at];
    if (node === undefined) return;
    this.#at = at;
    this.#goTo(node);
  }
}
