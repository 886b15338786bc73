import { describe, expect, it } from 'vitest';

import { gridOf, type ModelValue } from '../model';
import { tableOf } from './tables';

const value = (shape: number[], data: unknown, cells: ModelValue['cells'] = null) =>
  ({ shape, data, cells }) as unknown as ModelValue;

describe('tableOf', () => {
  it('gives a vector one row and a matrix its own', () => {
    expect(tableOf(value([3], [1, 2, 'NaN']))).toEqual({ rows: [[1, 2, 'NaN']], moreColumns: 0, note: null });
    expect(tableOf(value([2, 1], [[1], [2]]))?.rows).toEqual([[1], [2]]);
  });

  it('stacks the leading dimensions, and says so', () => {
    const table = tableOf(value([2, 1, 2], [[[1, 2]], [[3, 4]]]));
    expect(table?.rows).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(table?.note).toBe('Rows run over the first 2 dimensions.');
  });

  it('cuts what is too large, and says so', () => {
    const table = tableOf(
      value(
        [20, 30],
        Array.from({ length: 20 }, () => Array.from({ length: 30 }, (_, j) => j)),
      ),
    );
    expect([table?.rows.length, table?.rows[0]?.length, table?.moreColumns]).toEqual([12, 12, 18]);
    expect(table?.note).toBe('12 of 20 rows, 12 of 30 columns.');
  });

  it('shows the picture where the elements were not kept, and nothing where neither was', () => {
    const cells = { ...gridOf([2, 2]), cells: [1, 2, 3, 4], downsampled: true };
    expect(tableOf(value([64, 64], null, cells))).toEqual({
      rows: [
        [1, 2],
        [3, 4],
      ],
      moreColumns: 0,
      note: 'Each number is the mean of a block.',
    });
    expect(tableOf(value([64, 64], null))).toBeNull();
  });
});
