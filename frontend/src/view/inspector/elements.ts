/** A value's elements in a row, and where each lies in the tensor. Pure. */
import { magnitudeOf, type DocumentNumber, type ModelValue } from '../../model';
import { exactNumber } from '../exact';

export type Element = DocumentNumber | boolean;

export interface Elements {
  /** The last dimension across, all others down. */
  readonly rows: number;
  readonly columns: number;
  /** Row by row. */
  readonly items: readonly Element[];
  /** The tensor's own shape; that of the grid where each item is the mean of a block. */
  readonly shape: readonly number[];
  readonly blocks: boolean;
}

/** Null where neither elements nor a picture of them were kept. */
export function elementsOf(value: ModelValue): Elements | null {
  if (value.data !== null) {
    const items = flatten(value.data);
    const columns = value.shape.at(-1) ?? 1;
    return {
      rows: columns === 0 ? 0 : items.length / columns,
      columns,
      items,
      shape: value.shape,
      blocks: false,
    };
  }
  if (!value.cells) return null;
  const { rows, columns, cells } = value.cells;
  return { rows, columns, items: cells, shape: [rows, columns], blocks: true };
}

/** "[2, 3]" for an element, "block [2, 3]" for what stands for many; "" for a scalar. */
export function indexText({ shape, blocks }: Elements, index: number): string {
  const places: number[] = [];
  let rest = index;
  for (const extent of shape.toReversed()) {
    places.unshift(rest % extent);
    rest = Math.floor(rest / extent);
  }
  if (places.length === 0) return '';
  return `${blocks ? 'block ' : ''}[${places.join(', ')}]`;
}

/** From -1 to 1 by the largest magnitude; infinities and NaN as such. */
export function levelsOf({ items }: Elements): { levels: number[]; largest: number } {
  const numbers = items.map(magnitudeOf);
  const largest = numbers.reduce(
    (most, each) => (Number.isFinite(each) ? Math.max(most, Math.abs(each)) : most),
    0,
  );
  const level = (each: number): number => (largest === 0 ? 0 : each / largest);
  return { levels: numbers.map((each) => (Number.isFinite(each) ? level(each) : each)), largest };
}

function flatten(data: unknown): Element[] {
  let flat: unknown[] = [data];
  while (flat.some(Array.isArray)) flat = flat.flat();
  return flat as Element[];
}

/** Both numbers of an element, exactly; null where none is pointed at. */
export interface ReadOut {
  readonly index: string;
  readonly value: string;
  readonly gradient: string | null;
}

export function readOut(
  value: ModelValue | null,
  gradient: ModelValue | null,
  index: number | null,
): ReadOut | null {
  const [own, back] = [value && elementsOf(value), gradient && elementsOf(gradient)];
  const named = own ?? back;
  if (index === null || !named || index >= named.items.length) return null;
  return {
    index: indexText(named, index),
    value: own ? exactNumber(own.items[index]) : '–',
    gradient: back && back.items.length === named.items.length ? exactNumber(back.items[index]) : null,
  };
}
