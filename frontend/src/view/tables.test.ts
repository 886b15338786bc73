import { describe, expect, it } from 'vitest';

import { gridOf, type ModelValue } from '../model';
import { tableOf } from './tables';

const value = (shape: number[], data: unknown, cells: ModelValue['cells'] = null) =>
  ({ shape, data, cells }) as unknown as ModelValue;

describe('tableOf', () => {
  it('gives a vector one row and a matrix its own', () => {
    expect(tableOf(value([3], [1, 2, 'NaN']))).toMatchObject({
      rows: [[1, 2, 'NaN']],
      labels: [],
      note: null,
    });
    expect(tableOf(value([2, 1], [[1], [2]]))).toMatchObject({
      rows: [[1], [2]],
      labels: ['[0, :]', '[1, :]'],
    });
    expect(tableOf(value([], 3))?.rows).toEqual([[3]]);
  });

  it('stacks the leading dimensions, and says so', () => {
    const table = tableOf(value([2, 1, 2], [[[1, 2]], [[3, 4]]]));
    expect(table?.rows).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(table?.labels).toEqual(['[0, 0, :]', '[1, 0, :]']);
    expect(table?.note).toBe('Rows run over the first 2 dimensions.');
  });

  it('turns page by page where there is more', () => {
    const large = value(
      [20, 30],
      Array.from({ length: 20 }, (_, i) => Array.from({ length: 30 }, (_, j) => 100 * i + j)),
    );
    const first = tableOf(large);
    expect([first?.rows.length, first?.rows[0]?.length]).toEqual([12, 12]);
    const last = tableOf(large, { row: 12, column: 24 });
    expect(last).toMatchObject({ firstRow: 12, firstColumn: 24, allRows: 20, allColumns: 30 });
    expect([last?.rows.length, last?.rows[0]?.length, last?.rows[0]?.[0]]).toEqual([8, 6, 1224]);
    expect(last?.starts[1]).toBe(13 * 30 + 24);
    expect(tableOf(large, { row: 500, column: 500 })).toMatchObject({ firstRow: 12, firstColumn: 24 });
  });

  it('shows the picture where the elements were not kept, and nothing where neither was', () => {
    const cells = { ...gridOf([2, 2]), cells: [1, 2, 3, 4], downsampled: true };
    expect(tableOf(value([64, 64], null, cells))).toMatchObject({
      rows: [
        [1, 2],
        [3, 4],
      ],
      note: 'Each number is the mean of a block.',
    });
    expect(tableOf(value([64, 64], null))).toBeNull();
  });

  it('has no rows where there are no elements', () => {
    expect(tableOf(value([0, 3], []))).toMatchObject({ rows: [], note: 'No elements.' });
    expect(tableOf(value([3, 0], [[], [], []]))).toMatchObject({ rows: [], note: 'No elements.' });
  });
});
