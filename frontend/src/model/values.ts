/** A Document's value made ready for reading: its text, its sign and norm, and its cells for a heatmap. */
import { formatNumber, magnitudeOf, toNumber } from './numbers';
import type { Cells, DocumentNumber, DocumentValue, ModelValue } from './types';

/** A grid of cells has at most this many rows and columns; larger data is averaged by blocks. */
export const MAX_CELLS_PER_SIDE = 16;
/** A vector is one row, of at most this many cells. */
export const MAX_CELLS_PER_ROW = 64;
const MAX_LISTED = 3;

export function readValue(value: DocumentValue): ModelValue {
  const elements = flatten(value.data);
  const numbers = elements.map(magnitudeOf);
  const single = elements.length === 1;
  return {
    id: value.id,
    shape: value.shape,
    dtype: value.dtype,
    scalar: single && !isComplex(elements[0]) ? (numbers[0] ?? null) : null,
    text: valueText(value, elements),
    shapeText: `${sizeText(value.shape)} ${value.dtype}`,
    cells: single ? null : cellsOf(value, numbers),
    norm: normOf(value, numbers),
    sign: value.dtype.startsWith('complex') ? 0 : signOf(value, numbers),
    finite: value.stats ? value.stats.nan + value.stats.inf === 0 : numbers.every(Number.isFinite),
    nan: value.stats ? value.stats.nan > 0 : numbers.some(Number.isNaN),
    stats: value.stats,
    data: value.data,
  };
}

/** "2×3", "[8]" (which cannot be taken for a number), or "scalar". */
export function sizeText(shape: readonly number[]): string {
  if (shape.length === 0) return 'scalar';
  return shape.length === 1 ? `[${shape[0]}]` : shape.join('×');
}

/** The grid that a tensor of this shape is drawn as: its last dimension across, all others down. */
export function gridOf(shape: readonly number[]): { rows: number; columns: number } {
  const columns = shape.at(-1) ?? 1;
  const rows = shape.slice(0, -1).reduce((product, size) => product * size, 1);
  const most = rows === 1 ? MAX_CELLS_PER_ROW : MAX_CELLS_PER_SIDE;
  return { rows: Math.min(rows, MAX_CELLS_PER_SIDE), columns: Math.min(columns, most) };
}

/** Nested lists as one list, without recursion; null gives nothing. */
function flatten(data: unknown): unknown[] {
  if (data === null || data === undefined) return [];
  let flat: unknown[] = [data];
  while (flat.some(Array.isArray)) flat = flat.flat();
  return flat;
}

function isComplex(element: unknown): boolean {
  return typeof element === 'object' && element !== null;
}

function valueText(value: DocumentValue, elements: readonly unknown[]): string {
  const texts = elements.slice(0, MAX_LISTED).map((element) => formatNumber(element as DocumentNumber));
  if (value.shape.length === 0 || elements.length === 1) return texts[0] ?? sizeText(value.shape);
  if (value.shape.length === 1 && elements.length > 0 && elements.length <= MAX_LISTED)
    return `[${texts.join(', ')}]`;
  return sizeText(value.shape);
}

function cellsOf(value: DocumentValue, numbers: readonly number[]): Cells | null {
  const { picture } = value;
  if (numbers.length > 0) return averaged(value.shape, numbers);
  if (picture === null) return null;
  const cells = picture.cells.flat().map(magnitudeOf);
  return { rows: picture.rows, columns: picture.columns, cells, downsampled: true };
}

/** The elements as a grid, each cell the mean of the block that it stands for. */
function averaged(shape: readonly number[], numbers: readonly number[]): Cells {
  const { rows, columns } = gridOf(shape);
  const across = shape.at(-1) ?? 1;
  const down = numbers.length / across;
  const sums = new Array<number>(rows * columns).fill(0);
  const counts = new Array<number>(rows * columns).fill(0);
  numbers.forEach((number, i) => {
    const row = Math.floor((Math.floor(i / across) * rows) / down);
    const cell = row * columns + Math.floor(((i % across) * columns) / across);
    sums[cell] = joined(sums[cell] ?? 0, number);
    counts[cell] = (counts[cell] ?? 0) + 1;
  });
  const cells = sums.map((sum, i) => sum / (counts[i] ?? 1));
  return { rows, columns, cells, downsampled: rows * columns < numbers.length };
}

/** Opposite infinities make no NaN, which is not there: the later one stands for the block. */
function joined(sum: number, number: number): number {
  return sum === -number && Math.abs(number) === Infinity ? number : sum + number;
}

function normOf(value: DocumentValue, numbers: readonly number[]): number | null {
  const known = toNumber(value.stats?.norm ?? null);
  if (Number.isFinite(known)) return known;
  const finite = numbers.filter(Number.isFinite);
  return finite.length > 0 ? Math.hypot(...finite) : null;
}

function signOf(value: DocumentValue, numbers: readonly number[]): -1 | 0 | 1 {
  const finite = numbers.filter(Number.isFinite);
  const least = finite.length > 0 ? Math.min(...finite) : toNumber(value.stats?.min ?? null);
  const most = finite.length > 0 ? Math.max(...finite) : toNumber(value.stats?.max ?? null);
  if (least >= 0 && most > 0) return 1;
  return most <= 0 && least < 0 ? -1 : 0;
}
