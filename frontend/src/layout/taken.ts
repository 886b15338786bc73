/**
 * Places that are taken, found by the cells of a coarse grid. All numbers lie in flat arrays, the cells' lists as
 * chains through them: a layout has several places for each edge, and objects for them would cost more than the work.
 */
import { int, real } from './arrays';
import type { Rect, Size } from './types';

const CELL: Size = { width: 160, height: 80 };
/** What lies beyond the last cells counts as in them, and cells grow where there would be more than this. */
const MOST_CELLS = 2 ** 20;

export class Taken {
  readonly #area: Rect;
  readonly #cell: Size;
  readonly #columns: number;
  readonly #rows: number;
  /** Of each cell the entry added last, counted from 1; of each entry its rectangle and the entry before it. */
  readonly #last: Int32Array;
  #rectOf = new Int32Array(1024);
  #before = new Int32Array(1024);
  #entries = 0;
  /** Left, top, right and bottom of each. */
  #rects = new Float64Array(4096);
  #count = 0;

  constructor(area: Rect) {
    const cells = (area.width / CELL.width) * (area.height / CELL.height);
    const scale = Math.max(1, Math.sqrt(cells / MOST_CELLS));
    this.#area = area;
    this.#cell = { width: CELL.width * scale, height: CELL.height * scale };
    this.#columns = Math.floor(area.width / this.#cell.width) + 1;
    this.#rows = Math.floor(area.height / this.#cell.height) + 1;
    this.#last = new Int32Array(this.#columns * this.#rows);
  }

  /** By its middle. */
  add(x: number, y: number, width: number, height: number): void {
    const [left, top] = [x - width / 2, y - height / 2];
    const [right, bottom] = [left + width, top + height];
    const rect = this.#count++;
    if (this.#rects.length < 4 * this.#count) this.#rects = doubled(this.#rects, Float64Array);
    this.#rects[4 * rect] = left;
    this.#rects[4 * rect + 1] = top;
    this.#rects[4 * rect + 2] = right;
    this.#rects[4 * rect + 3] = bottom;
    const [firstRow, lastRow] = [this.#row(top), this.#row(bottom)];
    const lastColumn = this.#column(right);
    for (let column = this.#column(left); column <= lastColumn; column++)
      for (let row = firstRow; row <= lastRow; row++) this.#enter(column * this.#rows + row, rect);
  }

  /** Whether something of a place is taken, given by its middle. */
  holds(x: number, y: number, width: number, height: number): boolean {
    const [left, top] = [x - width / 2, y - height / 2];
    const [right, bottom] = [left + width, top + height];
    const [firstRow, lastRow] = [this.#row(top), this.#row(bottom)];
    const lastColumn = this.#column(right);
    for (let column = this.#column(left); column <= lastColumn; column++) {
      for (let row = firstRow; row <= lastRow; row++) {
        let entry = int(this.#last, column * this.#rows + row);
        for (; entry > 0; entry = int(this.#before, entry)) {
          const rect = 4 * int(this.#rectOf, entry);
          if (real(this.#rects, rect) >= right || real(this.#rects, rect + 2) <= left) continue;
          if (real(this.#rects, rect + 1) < bottom && real(this.#rects, rect + 3) > top) return true;
        }
      }
    }
    return false;
  }

  #enter(cell: number, rect: number): void {
    const entry = ++this.#entries;
    if (entry >= this.#rectOf.length) {
      this.#rectOf = doubled(this.#rectOf, Int32Array);
      this.#before = doubled(this.#before, Int32Array);
    }
    this.#rectOf[entry] = rect;
    this.#before[entry] = int(this.#last, cell);
    this.#last[cell] = entry;
  }

  #column(x: number): number {
    const column = Math.floor((x - this.#area.x) / this.#cell.width);
    return column < 0 ? 0 : column < this.#columns ? column : this.#columns - 1;
  }

  #row(y: number): number {
    const row = Math.floor((y - this.#area.y) / this.#cell.height);
    return row < 0 ? 0 : row < this.#rows ? row : this.#rows - 1;
  }
}

function doubled<T extends Int32Array | Float64Array>(values: T, make: new (length: number) => T): T {
  const more = new make(2 * values.length);
  more.set(values);
  return more;
}
