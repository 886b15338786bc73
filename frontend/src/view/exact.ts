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

const FEW_ELEMENTS = 8;

/** For a card: the text as it is elsewhere, and beside it in full what that rounds or leaves out. */
export function cardTexts(value: ModelValue): { readonly text: string; readonly exact: string | null } {
  const few = value.data !== null && count(value.shape) <= FEW_ELEMENTS;
  const exact = few ? exactNumber(value.data) : value.shapeText;
  return { text: value.text, exact: exact.replaceAll('-', '−') === value.text ? null : exact };
}

function count(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}
