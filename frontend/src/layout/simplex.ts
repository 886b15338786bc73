/**
 * The network simplex of Gansner, Koutsofios, North and Vo, "A Technique for Drawing Directed Graphs" (1993):
 * integers or reals for vertices, each edge at least its least length, the weighted sum of lengths least.
 * Work is counted, not timed: where the budget ends, the best places so far come out, the same every time.
 */
import { groupRows, indices, int, item, real, type Rows } from './arrays';
import { tightTree } from './tight';

/** Edge e asks for `place[head[e]] - place[tail[e]] >= least[e]`; the graph is connected and has no cycle. */
export interface Spacing {
  readonly count: number;
  readonly tail: Int32Array;
  readonly head: Int32Array;
  readonly least: Float64Array;
  readonly weight: Float64Array;
}

export const TIGHT = 1e-6;
const CANDIDATES = 40;

/** Places with the least weighted sum of lengths, beginning from `start`, which keeps every least length. */
export function shortest(
  spacing: Spacing,
  start: Float64Array,
  budget: number,
  balanced = false,
): Float64Array {
  if (spacing.count < 2) return start.slice();
  const simplex = new Simplex(spacing, start);
  while (simplex.work < budget && simplex.pivot());
  if (balanced) simplex.balance();
  return simplex.places;
}

class Simplex {
  readonly places: Float64Array;
  work = 0;
  readonly #spacing: Spacing;
  readonly #incident: Rows;
  /** Tree edges at each vertex, the tree's numbering in postorder, and each vertex's edge to its parent. */
  readonly #tree: number[][];
  readonly #low: Int32Array;
  readonly #number: Int32Array;
  readonly #byNumber: Int32Array;
  readonly #up: Int32Array;
  readonly #inTree: Uint8Array;
  readonly #cut: Float64Array;
  /** The way down while numbering: vertices, and which of their edges is next. */
  readonly #stack: Int32Array;
  readonly #turn: Int32Array;
  #next = 0;

  constructor(spacing: Spacing, start: Float64Array) {
    const { count, tail, head } = spacing;
    this.#spacing = spacing;
    this.#incident = incidentEdges(spacing);
    const { places, edges } = tightTree(spacing, this.#incident, start);
    this.places = places;
    this.#tree = Array.from({ length: count }, () => []);
    this.#inTree = new Uint8Array(tail.length);
    this.#cut = new Float64Array(tail.length);
    for (const e of edges) {
      this.#inTree[e] = 1;
      item(this.#tree, int(tail, e)).push(e);
      item(this.#tree, int(head, e)).push(e);
    }
    this.#low = new Int32Array(count);
    this.#number = new Int32Array(count);
    this.#byNumber = new Int32Array(count);
    this.#up = new Int32Array(count).fill(-1);
    this.#stack = new Int32Array(count);
    this.#turn = new Int32Array(count);
    this.#renumber(0, 0);
    this.#countCuts();
  }

  /** Exchanges one tree edge for another; false where no exchange makes the sum less. */
  pivot(): boolean {
    const leaving = this.#leaving();
    if (leaving < 0) return false;
    const entering = this.#stretch(leaving, 1);
    if (entering < 0) this.#cut[leaving] = 0;
    else this.#exchange(leaving, entering);
    return true;
  }

  /** What may lie here or there at the same cost goes to the middle. */
  balance(): void {
    this.#inTree.forEach((inTree, e) => {
      if (inTree && Math.abs(real(this.#cut, e)) <= TIGHT) this.#stretch(e, 0.5);
    });
  }

  /** Makes a tree edge longer by a share of the slack that its cut has; the edge that ends it, or -1. */
  #stretch(leaving: number, share: number): number {
    const { tail, head } = this.#spacing;
    const down = int(this.#up, int(head, leaving)) === leaving;
    const child = int(down ? head : tail, leaving);
    const entering = this.#entering(child, down);
    const slack = entering < 0 ? 0 : this.#slack(entering) * share;
    if (slack <= 0) return entering;
    for (let i = int(this.#low, child); i <= int(this.#number, child); i++) {
      const v = int(this.#byNumber, i);
      this.places[v] = real(this.places, v) + (down ? slack : -slack);
    }
    return entering;
  }

  /** Of the next few tree edges with a negative cut value the most negative; -1 where there is none. */
  #leaving(): number {
    const edges = this.#inTree.length;
    let [best, least, seen] = [-1, -TIGHT, 0];
    for (let i = 0; i < edges && seen < CANDIDATES; i++) {
      const e = this.#next;
      this.work++;
      this.#next = e + 1 === edges ? 0 : e + 1;
      if (!this.#inTree[e] || real(this.#cut, e) >= -TIGHT) continue;
      seen++;
      if (real(this.#cut, e) < least) [best, least] = [e, real(this.#cut, e)];
    }
    return best;
  }

  /** The edge with the least slack out of the child's subtree (`outwards`) or into it. */
  #entering(child: number, outwards: boolean): number {
    const { tail, head } = this.#spacing;
    const [near, far] = outwards ? [tail, head] : [head, tail];
    const [low, high] = [int(this.#low, child), int(this.#number, child)];
    const { starts, items } = this.#incident;
    let [best, least] = [-1, Infinity];
    this.work += high - low + 1;
    for (let i = low; i <= high; i++) {
      const v = int(this.#byNumber, i);
      for (let k = int(starts, v); k < int(starts, v + 1); k++) {
        const e = int(items, k);
        if (int(near, e) !== v || this.#inTree[e]) continue;
        const other = int(this.#number, int(far, e));
        if (other >= low && other <= high) continue;
        const slack = this.#slack(e);
        if (slack < least) [best, least] = [e, slack];
      }
    }
    return best;
  }

  #slack(e: number): number {
    const { tail, head, least } = this.#spacing;
    return real(this.places, int(head, e)) - real(this.places, int(tail, e)) - real(least, e);
  }

  #exchange(leaving: number, entering: number): void {
    const { tail, head } = this.#spacing;
    const cut = real(this.#cut, leaving);
    const meeting = this.#addAlong(int(tail, entering), int(head, entering), cut);
    this.#addAlong(int(head, entering), int(tail, entering), -cut);
    this.#cut[entering] = -cut;
    this.#cut[leaving] = 0;
    this.#inTree[leaving] = 0;
    this.#inTree[entering] = 1;
    for (const ends of [tail, head]) {
      const around = item(this.#tree, int(ends, leaving));
      around.splice(around.indexOf(leaving), 1);
      item(this.#tree, int(ends, entering)).push(entering);
    }
    this.#renumber(meeting, int(this.#low, meeting));
  }

  /** From v up to where the way meets that of w: edges in the way's direction lose the cut, others gain it. */
  #addAlong(v: number, w: number, cut: number): number {
    const { tail, head } = this.#spacing;
    const number = int(this.#number, w);
    while (number < int(this.#low, v) || number > int(this.#number, v)) {
      const e = int(this.#up, v);
      this.#cut[e] = real(this.#cut, e) + (int(tail, e) === v ? cut : -cut);
      v = int(tail, e) === v ? int(head, e) : int(tail, e);
      this.work++;
    }
    return v;
  }

  /** Numbers the subtree of `root` in postorder, from `first` on. */
  #renumber(root: number, first: number): void {
    const { tail, head } = this.#spacing;
    const [stack, at] = [this.#stack, this.#turn];
    let next = first;
    let top = 0;
    stack[0] = root;
    at[0] = 0;
    this.#low[root] = first;
    while (top >= 0) {
      const v = int(stack, top);
      const around = item(this.#tree, v);
      const i = int(at, top);
      if (i < around.length) {
        at[top] = i + 1;
        const e = item(around, i);
        if (e === int(this.#up, v)) continue;
        const child = int(tail, e) === v ? int(head, e) : int(tail, e);
        this.#up[child] = e;
        this.#low[child] = next;
        stack[++top] = child;
        at[top] = 0;
      } else {
        this.#number[v] = next;
        this.#byNumber[next++] = v;
        top--;
      }
    }
    this.work += next - first;
  }

  /** From the leaves of the tree up: what the child's subtree hands on, with the sign of its edge to its parent. */
  #countCuts(): void {
    const { count, tail, head, weight } = this.#spacing;
    const balance = new Float64Array(count);
    for (let e = 0; e < tail.length; e++) {
      balance[int(head, e)] = real(balance, int(head, e)) + real(weight, e);
      balance[int(tail, e)] = real(balance, int(tail, e)) - real(weight, e);
    }
    for (const v of this.#byNumber) {
      const e = int(this.#up, v);
      if (e < 0) continue;
      const isHead = int(head, e) === v;
      this.#cut[e] = isHead ? real(balance, v) : -real(balance, v);
      const parent = isHead ? int(tail, e) : int(head, e);
      balance[parent] = real(balance, parent) + real(balance, v);
    }
  }
}

function incidentEdges({ count, tail, head }: Spacing): Rows {
  const edges = tail.length;
  const keys = new Int32Array(2 * edges);
  keys.set(tail);
  keys.set(head, edges);
  const values = new Int32Array(2 * edges);
  values.set(indices(edges));
  values.set(values.subarray(0, edges), edges);
  return groupRows(count, keys, values);
}
