import { describe, expect, test } from 'vitest';
import type { DocumentValue } from './types';
import { gridOf, readValue, sizeText } from './values';

function value(shape: number[], data: unknown, more: Partial<DocumentValue> = {}): DocumentValue {
  return { id: 0, shape, dtype: 'float32', data, picture: null, stats: null, layout: 'strided', ...more };
}

describe('readValue', () => {
  test('a scalar is its number', () => {
    const read = readValue(value([], -2.5));
    expect(read).toMatchObject({
      scalar: -2.5,
      text: '−2.5',
      cells: null,
      sign: -1,
      norm: 2.5,
      finite: true,
    });
    expect(read.shapeText).toBe('scalar float32');
  });

  test('a tensor of one element reads as a number too', () => {
    expect(readValue(value([1, 1], [[3]]))).toMatchObject({ scalar: 3, text: '3', cells: null });
  });

  test('a short vector lists its elements in one row of cells', () => {
    const read = readValue(value([3], [1, 0, -1]));
    expect(read.text).toBe('[1, 0, −1]');
    expect(read.cells).toEqual({ rows: 1, columns: 3, cells: [1, 0, -1], downsampled: false });
    expect(read.sign).toBe(0);
  });

  test('a matrix reads by its sizes', () => {
    const read = readValue(
      value(
        [2, 2],
        [
          [1, 2],
          [2, 4],
        ],
      ),
    );
    expect(read).toMatchObject({ text: '2×2', scalar: null, norm: 5, sign: 1 });
  });

  test('more dimensions stack into rows', () => {
    expect(
      readValue(
        value(
          [2, 2, 1],
          [
            [[1], [2]],
            [[3], [4]],
          ],
        ),
      ).cells,
    ).toMatchObject({ rows: 4, columns: 1 });
  });

  test('larger data is averaged by blocks', () => {
    const rows = Array.from({ length: 32 }, (_, row) => Array.from({ length: 2 }, () => row));
    const { cells } = readValue(value([32, 2], rows));
    expect(cells).toMatchObject({ rows: 16, columns: 2, downsampled: true });
    expect(cells?.cells.slice(0, 4)).toEqual([0.5, 0.5, 2.5, 2.5]);
  });

  test('without data the picture and the statistics speak', () => {
    const picture = { rows: 1, columns: 2, cells: [[1, 'NaN']] };
    const stats = { min: -3, max: -1, mean: -2, std: 1, norm: 40, nan: 1, inf: 0, zero: 0 };
    const read = readValue(value([100, 100], null, { picture, stats }));
    expect(read).toMatchObject({ text: '100×100', norm: 40, sign: -1, finite: false });
    expect(read.cells).toEqual({ rows: 1, columns: 2, cells: [1, NaN], downsampled: true });
  });

  test('NaN is said, not hidden', () => {
    expect(readValue(value([], 'NaN'))).toMatchObject({
      scalar: NaN,
      text: 'NaN',
      finite: false,
      norm: null,
    });
  });

  test('opposite infinities in a block make no NaN', () => {
    const numbers = Array.from({ length: 128 }, (_, i) => (i === 0 ? Infinity : i === 1 ? -Infinity : 0));
    const read = readValue(value([128], numbers));
    expect(read.cells?.cells[0]).toBe(-Infinity);
    expect(read).toMatchObject({ finite: false, nan: false });
  });

  test('an empty tensor has no cells to show', () => {
    expect(readValue(value([0], []))).toMatchObject({ text: '[0]', cells: null, sign: 0 });
  });

  test('a complex number has a text but is no real scalar', () => {
    expect(readValue(value([], { re: 1, im: 2 }))).toMatchObject({ text: '1 + 2i', scalar: null });
  });

  test('complex numbers have cells as large as they are, without a sign', () => {
    const numbers = [
      { re: 3, im: -4 },
      { re: 0, im: 1 },
      { re: 'NaN', im: 0 },
    ];
    const read = readValue({ ...value([3], numbers), dtype: 'complex64' });
    expect(read).toMatchObject({ cells: { cells: [5, 1, NaN] }, sign: 0 });
  });
});

test('sizes cannot be taken for a number', () => {
  expect([[], [1], [8], [4, 2], [2, 3, 4]].map(sizeText)).toEqual(['scalar', '[1]', '[8]', '4×2', '2×3×4']);
  expect(readValue(value([8], [1, 2, 3, 4, 5, 6, 7, 8])).text).toBe('[8]');
});

test('a grid has at most 16 rows and columns, a vector at most 64 columns', () => {
  expect(gridOf([200])).toEqual({ rows: 1, columns: 64 });
  expect(gridOf([4, 200])).toEqual({ rows: 4, columns: 16 });
  expect(gridOf([])).toEqual({ rows: 1, columns: 1 });
});
