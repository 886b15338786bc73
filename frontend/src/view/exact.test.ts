import { describe, expect, it } from 'vitest';

import type { ModelValue } from '../model';
import { cardTexts, exactNumber, exactText } from './exact';

describe('exactNumber', () => {
  it('rounds nothing', () => {
    expect(exactNumber(0.30000000000000004)).toBe('0.30000000000000004');
    expect(exactNumber('NaN')).toBe('NaN');
    expect(exactNumber('9007199254740993')).toBe('9007199254740993');
    expect(exactNumber({ re: 1, im: -2 })).toBe('1 − 2i');
    expect(exactNumber([[1, 2], [3]])).toBe('[[1, 2], [3]]');
  });
});

describe('exactText', () => {
  it('names a tensor that is too large to read by its shape', () => {
    const large = { data: null, shape: [100, 100], shapeText: '100×100 float32' } as unknown as ModelValue;
    expect(exactText(large)).toBe('100×100 float32');
    expect(exactText({ ...large, data: [[]], shape: [100, 2] })).toBe('100×100 float32');
    expect(exactText({ ...large, data: [1.25, 2], shape: [2] })).toBe('[1.25, 2]');
  });
});

describe('cardTexts', () => {
  const value = { text: '−0.9975', data: -0.9974949955940247, shape: [] } as unknown as ModelValue;

  it('has the number as it is elsewhere, and in full beside it', () => {
    expect(cardTexts(value)).toEqual({ text: '−0.9975', exact: '-0.9974949955940247' });
    expect(cardTexts({ ...value, text: '−3', data: -3 })).toEqual({ text: '−3', exact: null });
  });

  it('lists few elements, and of more tells shape and dtype', () => {
    const tensor = { ...value, text: '2×2', shape: [2, 2], shapeText: '2×2 float32' };
    expect(
      cardTexts({
        ...tensor,
        data: [
          [1, 2],
          [3, 4],
        ],
      }).exact,
    ).toBe('[[1, 2], [3, 4]]');
    expect(cardTexts({ ...tensor, shape: [3, 3], data: [[1]] }).exact).toBe('2×2 float32');
  });
});
