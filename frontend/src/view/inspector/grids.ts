/** How elements are laid out as cells of a heatmap. Pure. */
import type { Elements } from './elements';

export interface Grid {
  readonly rows: number;
  readonly columns: number;
  /** Side of a cell in CSS pixels. */
  readonly cell: number;
}

const SMALLEST_CELL = 6;
const LARGEST_CELL = 28;

/** Cells as large as the width allows. A vector that would be one long row goes on in the next. */
export function gridFor({ rows, columns, items }: Elements, width: number): Grid {
  const most = Math.max(1, Math.floor(width / SMALLEST_CELL));
  const across = rows === 1 ? Math.min(columns, Math.min(most, 32)) : columns;
  const cell = Math.min(LARGEST_CELL, Math.max(SMALLEST_CELL, Math.floor(width / across)));
  return { rows: Math.ceil(items.length / across), columns: across, cell };
}
