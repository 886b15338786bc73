/** How a value's elements are distributed: bins of equal width, with zero at the edge of one. Pure. */
import { magnitudeOf, toNumber } from '../../model';
import type { Elements } from './elements';

export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

export interface Histogram {
  readonly bins: readonly Bin[];
  readonly most: number;
  /** How many are NaN or infinite, and so in no bin. */
  readonly nonfinite: number;
}

const MOST_BINS = 24;

/** The square root of the count is a customary number of bins. */
export function histogramOf({ items }: Elements): Histogram {
  const numbers = items.map(magnitudeOf);
  const finite = numbers.filter(Number.isFinite);
  const edges = edgesFor(finite);
  const counts = new Array<number>(Math.max(0, edges.length - 1)).fill(0);
  for (const number of finite) {
    const bin = Math.min(binOf(edges, number), counts.length - 1);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const bins = counts.map((count, i) => ({ from: edges[i] ?? 0, to: edges[i + 1] ?? 0, count }));
  return { bins, most: Math.max(0, ...counts), nonfinite: numbers.length - finite.length };
}

function edgesFor(numbers: readonly number[]): number[] {
  if (numbers.length === 0) return [];
  const least = numbers.reduce((a, b) => Math.min(a, b));
  const most = numbers.reduce((a, b) => Math.max(a, b));
  if (least === most) return [least, most];
  const wanted = Math.min(MOST_BINS, Math.max(4, Math.ceil(Math.sqrt(numbers.length))));
  const width = (most - least) / wanted;
  const spansZero = least < 0 && most > 0;
  const start = spansZero ? Math.floor(least / width) : 0;
  const count = spansZero ? Math.ceil(most / width) - start : wanted;
  const origin = spansZero ? 0 : least;
  return Array.from({ length: count + 1 }, (_, i) => origin + (start + i) * width);
}

function binOf(edges: readonly number[], number: number): number {
  const [first = 0, second = first] = edges;
  return second === first ? 0 : Math.max(0, Math.floor((number - first) / (second - first)));
}

/** Where zero lies among the bins, as a share of their width; null where it is outside. */
export function zeroOf({ bins }: Histogram): number | null {
  const [from, to] = [bins[0]?.from ?? 0, bins.at(-1)?.to ?? 0];
  return from < 0 && to > 0 ? toNumber(-from) / (to - from) : null;
}
