import { describe, expect, it } from 'vitest';

import { gripsOf, rangeOf, stepAtEnd, stepByKey, withEnd } from './grips';

/** Ten steps of a hundred pixels each. */
const axis = { count: 10, width: 1016 };
const loop = { first: 3, last: 5 };

describe('grips', () => {
  it('lie at the ends, mostly outside of the loop', () => {
    expect(gripsOf(axis, loop, 24)).toEqual([
      { end: 'first', x: 308, left: 292, width: 24 },
      { end: 'last', x: 608, left: 600, width: 24 },
    ]);
  });

  it('of a narrow loop meet in its middle, and have their width all the same', () => {
    const dense = { count: 1000, width: 1016 };
    const [first, last] = gripsOf(dense, { first: 500, last: 503 }, 24);
    expect(first).toMatchObject({ x: 508, left: 486, width: 24 });
    expect(last).toMatchObject({ x: 512, left: 510, width: 24 });
  });

  it('stay on the lanes', () => {
    const [first, last] = gripsOf(axis, { first: 0, last: 9 }, 44);
    expect(first).toMatchObject({ x: 8, left: 0, width: 44 });
    expect(last).toMatchObject({ x: 1008, left: 972, width: 44 });
  });
});

describe('an end', () => {
  it('is before a step where the loop begins, after one where it ends', () => {
    expect([308, 340, 360].map((x) => stepAtEnd(axis, 'first', x))).toEqual([3, 3, 4]);
    expect([608, 640, 660].map((x) => stepAtEnd(axis, 'last', x))).toEqual([5, 5, 6]);
  });

  it('leaves at least one step between it and the other, and stays on the timeline', () => {
    expect(withEnd(loop, 'first', 8, 10)).toEqual({ first: 5, last: 5 });
    expect(withEnd(loop, 'last', -4, 10)).toEqual({ first: 3, last: 3 });
    expect(withEnd(loop, 'last', 99, 10)).toEqual({ first: 3, last: 9 });
    expect(rangeOf(loop, 'first', 10)).toEqual({ first: 0, last: 5 });
    expect(rangeOf(loop, 'last', 10)).toEqual({ first: 3, last: 9 });
  });

  it('goes by keys: a step, a tenth of the timeline, as far as it may', () => {
    const keys = ['ArrowLeft', 'ArrowUp', 'PageUp', 'PageDown', 'Home', 'End', 'x'];
    expect(keys.map((key) => stepByKey(key, 40, 200))).toEqual([39, 41, 60, 20, 0, 199, null]);
  });
});
