/** A tensor as a table: the last dimension across, the others down; large ones are cut, and say so. Pure. */
import type { DocumentNumber, ModelValue } from '../model';

const MOST_ROWS = 12;
const MOST_COLUMNS = 12;

export interface Table {
  readonly rows: readonly (readonly DocumentNumber[])[];
  /** Columns that were left out. */
  readonly moreColumns: number;
  /** What the reader should know: what was left out, or what a cell stands for. */
  readonly note: string | null;
}

/** Null where no elements were kept. */
export function tableOf(value: ModelValue): Table | null {
  const rows = Array.isArray(value.data) ? rowsOf(value.data) : null;
  if (rows)
    return cut(
      rows,
      value.shape.length > 2 ? `Rows run over the first ${value.shape.length - 1} dimensions.` : '',
    );
  if (!value.cells) return null;
  const { rows: height, columns, cells } = value.cells;
  const blocks = Array.from({ length: height }, (_, i) => cells.slice(i * columns, (i + 1) * columns));
  return cut(blocks, 'Each number is the mean of a block.');
}

function rowsOf(data: unknown[]): DocumentNumber[][] {
  if (data.every(Array.isArray) && data.length > 0) return data.flatMap((each) => rowsOf(each as unknown[]));
  return [data as DocumentNumber[]];
}

function cut(all: readonly (readonly DocumentNumber[])[], note: string): Table {
  const columns = all[0]?.length ?? 0;
  const moreColumns = Math.max(0, columns - MOST_COLUMNS);
  const rows = all.slice(0, MOST_ROWS).map((row) => row.slice(0, MOST_COLUMNS));
  const left = moreColumns > 0 || all.length > MOST_ROWS;
  const notes = [
    note,
    left ? `${rows.length} of ${all.length} rows, ${columns - moreColumns} of ${columns} columns.` : '',
  ];
  return { rows, moreColumns, note: notes.filter(Boolean).join(' ') || null };
}
