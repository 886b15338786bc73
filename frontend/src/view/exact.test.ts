import { describe, expect, it } from 'vitest';

import type { ModelValue } from '../model';
import { exactNumber, exactText } from './exact';

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
