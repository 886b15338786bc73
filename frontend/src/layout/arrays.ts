/**
 * Typed-array reads for indices that the algorithm keeps in range, and adjacency in compressed rows.
 * One reader for each array type: V8 keeps them fast that way.
 */

export function int(array: Int32Array, index: number): number {
  return array[index] as number;
}

export function real(array: Float64Array, index: number): number {
  return array[index] as number;
}

export function item<T>(array: readonly T[], index: number): T {
  return array[index] as T;
}

/** Neighbours of row v are `items[starts[v]]` up to before `items[starts[v + 1]]`. */
export interface Rows {
  readonly starts: Int32Array;
  readonly items: Int32Array;
}

/** Groups `values[i]` under `keys[i]`, keeping their order. */
export function groupRows(count: number, keys: Int32Array, values: Int32Array): Rows {
  const starts = new Int32Array(count + 1);
  for (const key of keys) starts[key + 1] = int(starts, key + 1) + 1;
  for (let v = 0; v < count; v++) starts[v + 1] = int(starts, v + 1) + int(starts, v);
  const next = starts.slice(0, count);
  const items = new Int32Array(keys.length);
  for (let i = 0; i < keys.length; i++) {
    const key = int(keys, i);
    const slot = int(next, key);
    items[slot] = int(values, i);
    next[key] = slot + 1;
  }
  return { starts, items };
}

export function degree(rows: Rows, v: number): number {
  return int(rows.starts, v + 1) - int(rows.starts, v);
}

/** One after the other. Spread out as arguments, long arrays would be more than the stack takes. */
export function joined(first: Int32Array, second: Int32Array): Int32Array {
  const all = new Int32Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}

/** 0, 1, 2, … as an array. */
export function indices(count: number): Int32Array {
  const all = new Int32Array(count);
  for (let i = 0; i < count; i++) all[i] = i;
  return all;
}
