/** A tensor as a table: the last dimension across, the others down; large ones page by page. Pure. */
import type { ModelValue } from '../model';
import { elementsOf, indexText, type Element, type Elements } from './inspector/elements';

export const PAGE = 12;

export interface Table {
  readonly rows: readonly (readonly Element[])[];
  /** Index of the first element in each row of this page. */
  readonly starts: readonly number[];
  /** "[0, 2, :]" for each row, where there are several. */
  readonly labels: readonly string[];
  readonly firstRow: number;
  readonly firstColumn: number;
  readonly allRows: number;
  readonly allColumns: number;
  /** What the reader should know: how rows run, or what a number stands for. */
  readonly note: string | null;
}

/** The page on which an element lies that is in this row and column; null where no elements were kept. */
export function tableOf(value: ModelValue, at = { row: 0, column: 0 }): Table | null {
  const elements = elementsOf(value);
  if (!elements) return null;
  const firstRow = pageStart(at.row, elements.rows);
  const firstColumn = pageStart(at.column, elements.columns);
  const { columns, items } = elements;
  const across = Math.min(PAGE, columns - firstColumn);
  const down = Math.min(PAGE, elements.rows - firstRow);
  const starts = Array.from({ length: down }, (_, i) => (firstRow + i) * columns + firstColumn);
  return {
    rows: starts.map((start) => items.slice(start, start + across)),
    starts,
    labels: elements.shape.length > 1 ? starts.map((start) => rowText(elements, start)) : [],
    firstRow,
    firstColumn,
    allRows: elements.rows,
    allColumns: columns,
    note: noteOf(value, elements),
  };
}

/** A page that is asked for but not there is the last one. */
function pageStart(wanted: number, count: number): number {
  const last = Math.max(0, Math.ceil(count / PAGE) - 1) * PAGE;
  return Math.min(Math.floor(wanted / PAGE) * PAGE, last);
}

function rowText(elements: Elements, start: number): string {
  return indexText({ ...elements, blocks: false }, start).replace(/\d+\]$/, ':]');
}

function noteOf({ shape }: ModelValue, { blocks, rows, columns }: Elements): string | null {
  if (rows * columns === 0) return 'No elements.';
  if (blocks) return 'Each number is the mean of a block.';
  return shape.length > 2 ? `Rows run over the first ${shape.length - 1} dimensions.` : null;
}
