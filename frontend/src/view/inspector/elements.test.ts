import { describe, expect, it } from 'vitest';

import type { ModelValue } from '../../model';
import { copyOf } from './copying';
import { elementsOf, indexText, levelsOf, readOut } from './elements';
import { gridFor } from './grids';
import { histogramOf, zeroOf } from './histograms';

const value = (shape: number[], data: unknown, more: object = {}) =>
  ({ shape, data, dtype: 'float32', cells: null, ...more }) as unknown as ModelValue;

const elements = (shape: number[], data: unknown, more: object = {}) => {
  const found = elementsOf(value(shape, data, more));
  if (!found) throw new Error('there are no elements');
  return found;
};

describe('elements', () => {
  it('are a row of numbers, whatever the shape', () => {
    expect(elements([], 3)).toMatchObject({ rows: 1, columns: 1, items: [3] });
    expect(
      elements(
        [2, 2, 1],
        [
          [[1], [2]],
          [[3], [4]],
        ],
      ),
    ).toMatchObject({ rows: 4, columns: 1, items: [1, 2, 3, 4] });
    expect(elements([0, 3], [])).toMatchObject({ rows: 0, items: [] });
    expect(elementsOf(value([99, 99], null))).toBeNull();
  });

  it('say where each lies', () => {
    const cube = elements(
      [2, 2, 2],
      [
        [
          [1, 2],
          [3, 4],
        ],
        [
          [5, 6],
          [7, 8],
        ],
      ],
    );
    expect([0, 3, 6].map((i) => indexText(cube, i))).toEqual(['[0, 0, 0]', '[0, 1, 1]', '[1, 1, 0]']);
    expect(indexText(elements([], 3), 0)).toBe('');
    const cells = { rows: 2, columns: 2, cells: [1, 2, 3, 4], downsampled: true };
    expect(indexText(elements([64, 64], null, { cells }), 3)).toBe('block [1, 1]');
  });

  it('are coloured by sign and size, what is not finite apart, complex ones by magnitude', () => {
    expect(levelsOf(elements([4], [1, -2, 0, 'NaN']))).toEqual({ levels: [0.5, -1, 0, NaN], largest: 2 });
    expect(levelsOf(elements([2], ['-Infinity', 4])).levels).toEqual([-Infinity, 1]);
    expect(
      levelsOf(
        elements(
          [2],
          [
            { re: 3, im: -4 },
            { re: 0, im: 1 },
          ],
        ),
      ).levels,
    ).toEqual([1, 0.2]);
    expect(levelsOf(elements([2], [true, false])).levels).toEqual([1, 0]);
    expect(levelsOf(elements([2], [0, 0])).levels).toEqual([0, 0]);
  });

  it('are told with their gradients, exactly', () => {
    const [own, back] = [value([2], [0.1, 0.30000000000000004]), value([2], [-1, 'NaN'])];
    expect(readOut(own, back, 1)).toEqual({ index: '[1]', value: '0.30000000000000004', gradient: 'NaN' });
    expect(readOut(own, null, 0)).toEqual({ index: '[0]', value: '0.1', gradient: null });
    expect(readOut(own, back, 2)).toBeNull();
    expect(readOut(own, back, null)).toBeNull();
  });
});

describe('a heatmap', () => {
  const long = (count: number) =>
    elements(
      [count],
      Array.from({ length: count }, () => 1),
    );

  it('has cells as large as its width allows', () => {
    expect(
      gridFor(
        elements(
          [2, 4],
          [
            [1, 2, 3, 4],
            [5, 6, 7, 8],
          ],
        ),
        80,
      ),
    ).toEqual({ rows: 2, columns: 4, cell: 20 });
    expect(gridFor(elements([1, 2], [[1, 2]]), 270).cell).toBe(28);
  });

  it('goes on in the next row where a vector is long', () => {
    expect(gridFor(long(100), 270)).toEqual({ rows: 4, columns: 32, cell: 8 });
    expect(gridFor(long(100), 0).columns).toBe(1);
  });
});

describe('a histogram', () => {
  it('counts each finite number once, with zero at an edge', () => {
    const histogram = histogramOf(elements([7], [-1, -0.5, 0, 0.5, 1, 3, 'Infinity']));
    expect(histogram.bins.reduce((sum, { count }) => sum + count, 0)).toBe(6);
    expect(histogram.nonfinite).toBe(1);
    expect(histogram.bins.map(({ from }) => from)).toContain(0);
    expect(zeroOf(histogram)).toBeGreaterThan(0);
  });

  it('of equal numbers has one bin, of none no bin', () => {
    expect(histogramOf(elements([3], [2, 2, 2])).bins).toEqual([{ from: 2, to: 2, count: 3 }]);
    expect(histogramOf(elements([1], ['NaN']))).toMatchObject({ bins: [], nonfinite: 1 });
    expect(zeroOf(histogramOf(elements([2], [1, 2])))).toBeNull();
  });

  it('has the greatest number in its last bin', () => {
    const { bins } = histogramOf(
      elements(
        [100],
        Array.from({ length: 100 }, (_, i) => i),
      ),
    );
    expect(bins).toHaveLength(10);
    expect(bins.map(({ count }) => count)).toEqual(Array.from({ length: 10 }, () => 10));
  });
});

describe('copying', () => {
  const odd = value([4], [1.5, 'NaN', '-Infinity', 'Infinity']);

  it('gives text, JSON and Python that makes the tensor', () => {
    expect(copyOf(odd, 'text')).toBe('[1.5, NaN, -Infinity, Infinity]');
    expect(copyOf(odd, 'JSON')).toBe('[1.5,"NaN","-Infinity","Infinity"]');
    expect(copyOf(odd, 'Python')).toBe(
      'torch.tensor([1.5, float("nan"), float("-inf"), float("inf")], dtype=torch.float32)',
    );
  });

  it('knows booleans, complex numbers, large integers and empty tensors', () => {
    const python = (shape: number[], data: unknown, dtype: string) =>
      copyOf(value(shape, data, { dtype }), 'Python');
    expect(python([2], [true, false], 'bool')).toBe('torch.tensor([True, False], dtype=torch.bool)');
    expect(python([], { re: 1, im: -2 }, 'complex64')).toBe(
      'torch.tensor(complex(1, -2), dtype=torch.complex64)',
    );
    expect(python([], '9007199254740993', 'int64')).toBe('torch.tensor(9007199254740993, dtype=torch.int64)');
    expect(python([0], [], 'float32')).toBe('torch.empty((0,), dtype=torch.float32)');
    expect(python([2, 0], [[], []], 'float32')).toBe('torch.empty((2, 0), dtype=torch.float32)');
    expect(copyOf(value([9], null), 'text')).toBeNull();
  });
});
