import { describe, expect, it } from 'vitest';

import { rangeAround, writtenInput } from './sliders';

describe('rangeAround', () => {
  it('is the usual one where the value lies in it', () => {
    expect(rangeAround(0, null)).toEqual({ min: -5, max: 5, step: 0.01 });
    expect(rangeAround(-4.8, null)).toMatchObject({ min: -5, max: 5 });
  });

  it('grows where the value reaches its edge, and stays where it does not', () => {
    const usual = rangeAround(0, null);
    expect(rangeAround(4.95, usual)).toMatchObject({ min: -10, max: 10 });
    expect(rangeAround(300, usual)).toMatchObject({ min: -1000, max: 1000, step: 2 });
    const wide = rangeAround(300, usual);
    expect(rangeAround(1, wide)).toBe(wide);
  });
});

describe('writtenInput', () => {
  it('writes numbers and lists as they can be read again', () => {
    expect(writtenInput(0.1 + 0.2)).toBe('0.3');
    expect(
      writtenInput([
        [1, 0.5],
        [-2, 4],
      ]),
    ).toBe('[[1, 0.5], [-2, 4]]');
  });
});
