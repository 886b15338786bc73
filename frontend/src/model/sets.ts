/** Disjoint sets of 0, 1, 2, … by union to the least and path halving (Tarjan and van Leeuwen, 1984). */
export class Sets {
  readonly #parents: Int32Array;

  constructor(count: number) {
    this.#parents = Int32Array.from({ length: count }, (_, i) => i);
  }

  /** The least member of the set that `member` is in. */
  least(member: number): number {
    const parents = this.#parents;
    let at = member;
    for (let up = parents[at] ?? at; up !== at; up = parents[at] ?? at) {
      parents[at] = parents[up] ?? up;
      at = up;
    }
    return at;
  }

  join(a: number, b: number): void {
    const [first, second] = [this.least(a), this.least(b)];
    this.#parents[Math.max(first, second)] = Math.min(first, second);
  }
}
