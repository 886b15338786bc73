/** Numbers in full, for tooltips: what is rounded for reading is exact on hover. */
import type { ModelValue } from '../model';

const MOST_ELEMENTS = 64;

/** A value as the Document holds it; one too large to read is named by its shape. */
export function exactText(value: ModelValue): string {
  if (value.data === null || count(value.shape) > MOST_ELEMENTS) return value.shapeText;
  return exactNumber(value.data);
}

export function exactNumber(data: unknown): string {
  if (Array.isArray(data)) return `[${data.map(exactNumber).join(', ')}]`;
  if (typeof data === 'object' && data !== null) {
    const { re, im } = data as Record<string, unknown>;
    const below = Number(im) < 0;
    return `${String(re)} ${below ? '−' : '+'} ${String(im).replace('-', '')}i`;
  }
  return String(data);
}

function count(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}
