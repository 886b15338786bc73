import { describe, expect, test } from 'vitest';
import { modelOf } from '../fixtures/samples';
import type { Curve, Model, Step } from '../model/types';
import { stepAtX, xOf } from './axis';
import { scaleOf } from './curve';
import { curveScale } from './curve';
import { buildLanes, laneBands } from './lanes';
import type { Shape } from './types';

const SIZE = { width: 616, height: 88 };
const loop = modelOf('linear-mse-sgd');

const shapesOf = (shapes: readonly Shape[], name: string) =>
  shapes.filter(({ key }) => key.startsWith(`${name}:`));
const texts = (shapes: readonly Shape[], name = 'label') =>
  shapesOf(shapes, name).flatMap((shape) => (shape.type === 'text' ? [shape.text] : []));

/** A long loop of four steps a turn: two forward, one backward, one update. */
const long = (turns: number): Model => {
  const kinds = ['forward', 'forward', 'backward', 'update'] as const;
  const steps = Array.from({ length: 4 * turns }, (_, index) => {
    const kind = kinds[index % 4];
    return { index, kind, phase: kind } as Step;
  });
  const iterations = Array.from({ length: turns }, (_, index) => ({
    index,
    first: 4 * index,
    last: 4 * index + 3,
    turns: [{ number: index + 1, of: turns }],
  }));
  const points = iterations.map(({ index, first }) => ({
    step: first + 1,
    number: 1 / (index + 1),
    value: 0,
  }));
  return {
    steps,
    iterations,
    losses: [{ name: 'loss', points }],
    segments: [],
    document: { passes: [] },
  } as unknown as Model;
};

describe('the axis', () => {
  const axis = { count: 5, width: 116 };

  test('gives each step the same room, and finds it again', () => {
    expect([0, 1, 5].map((step) => xOf(axis, step))).toEqual([8, 28, 108]);
    expect([8, 27, 28, 107].map((x) => stepAtX(axis, x))).toEqual([0, 0, 1, 4]);
    expect([7, 108].map((x) => stepAtX(axis, x))).toEqual([null, null]);
    expect(stepAtX({ count: 0, width: 116 }, 50)).toBeNull();
  });
});

describe('the lanes', () => {
  test('are those that something happens in, one below the other', () => {
    const { bands } = laneBands(loop, SIZE.height);
    expect(bands.map(({ name }) => name)).toEqual(['forward', 'backward', 'update', 'print']);
    bands.slice(1).forEach(({ y }, i) => expect(y).toBeCloseTo((bands[i]?.y ?? 0) + (bands[i]?.h ?? 0)));
    expect(laneBands(modelOf('in-place-error'), 88).bands.at(-1)?.name).toBe('error');
    expect(laneBands(modelOf('no-graph'), 88).bands.map(({ name }) => name)).toContain('backward');
  });

  test('are high enough for their names, for which the curve above them gives way', () => {
    const of = loop.steps.at(-1);
    for (const [height, least, leastOfFive] of [
      [96, 12, 11],
      [88, 12, 9.5],
    ] as const) {
      const { bands, curve } = laneBands(loop, height);
      expect(bands).toHaveLength(4);
      for (const { h } of bands) expect(h).toBeGreaterThanOrEqual(least);
      expect(curve?.h).toBeGreaterThanOrEqual(22);
      const failed = { ...loop, steps: [...loop.steps, { ...of, kind: 'error', phase: 'other' } as Step] };
      const all = laneBands(failed, height);
      expect(all.bands).toHaveLength(5);
      for (const { h } of all.bands) expect(h).toBeGreaterThanOrEqual(leastOfFive);
      expect(all.curve?.h).toBeGreaterThanOrEqual(22);
    }
  });

  test('of a phone on its side write nothing, and lie below the loss all the same', () => {
    const low = { width: 400, height: 36 };
    const { bands, curve } = laneBands(loop, low.height);
    expect(curve).toMatchObject({ y: 0 });
    expect(curve?.h).toBeGreaterThan(14);
    expect(bands[0]?.y).toBeGreaterThan(curve?.h ?? 0);
    for (const { h } of bands) expect(h).toBeGreaterThan(3);
    expect((bands.at(-1)?.y ?? 0) + (bands.at(-1)?.h ?? 0)).toBeCloseTo(low.height);
    const shapes = buildLanes(loop, low);
    expect(texts(shapes)).toEqual([]);
    expect(shapesOf(shapes, 'mark').length).toBeGreaterThan(0);
    expect(shapesOf(shapes, 'loss').length).toBeGreaterThan(0);
  });

  test('show each step by itself where there is room', () => {
    const forward = loop.steps.filter(({ kind }) => kind === 'forward');
    expect(shapesOf(buildLanes(loop, SIZE), 'forward')).toHaveLength(forward.length);
  });

  test('have no more shapes than pixels, and leave no kind of step out, however many there are', () => {
    const shapes = buildLanes(long(5000), SIZE);
    expect(shapes.length).toBeLessThan(2 * SIZE.width);
    for (const lane of ['forward', 'backward', 'update'])
      expect(shapesOf(shapes, lane).length).toBeGreaterThan(0);
    const curve = shapesOf(shapes, 'loss')[0];
    expect(curve?.type === 'polyline' && curve.points.length).toBeLessThan(8 * SIZE.width);
  });
});

describe('labels', () => {
  test('count the iterations, at round numbers where there is no room for all', () => {
    expect(texts(buildLanes(loop, SIZE))).toEqual(['iteration 1', 'iteration 2', 'iteration 3']);
    const rounded = [1, ...Array.from({ length: 18 }, (_, i) => 10 + 5 * i)];
    expect(texts(buildLanes(long(100), SIZE))).toEqual(rounded.map(String));
  });

  test('name the passes where there is no loop', () => {
    expect(texts(buildLanes(modelOf('diamond'), SIZE))).toEqual(['backward pass']);
    expect(texts(buildLanes(modelOf('second-derivative'), SIZE))).toEqual(['pass 1', 'pass 2']);
  });

  test('are cut short together, and left out where the one before has no room', () => {
    const passes = [40, 1, 2, 39];
    const firsts = passes.map((_, i) => 4 + passes.slice(0, i).reduce((sum, length) => sum + length, 0));
    const uneven = {
      ...long(0),
      steps: Array.from(
        { length: 86 },
        (_, index) => ({ index, kind: 'backward', phase: 'backward' }) as Step,
      ),
      segments: passes.map((length, pass) => ({
        first: firsts[pass] ?? 0,
        last: (firsts[pass] ?? 0) + length - 1,
        pass,
      })),
      document: { passes },
    } as unknown as Model;
    expect(texts(buildLanes(uneven, SIZE))).toEqual(['1', '2', '4']);
  });

  test('are left out where there is no room at all', () => {
    expect(texts(buildLanes(loop, { width: 16, height: 88 }))).toEqual([]);
  });
});

describe('the loss', () => {
  const curve = (...numbers: number[]): Curve => ({
    name: 'loss',
    points: numbers.map((number, step) => ({ step, number, value: 0 })),
  });
  const band = { y: 10, h: 28 };

  test('is higher where it is greater', () => {
    const y = scaleOf([curve(0, 5, 10)], band);
    expect([0, 5, 10].map(y)).toEqual([34, 24, 14]);
    expect(y(NaN)).toBeNaN();
  });

  test('is on a logarithmic scale where it spans decades', () => {
    const y = scaleOf([curve(1, 100)], band);
    expect(y(10)).toBeCloseTo(24);
  });

  test('that does not change is in the middle', () => {
    expect(scaleOf([curve(3, 3)], band)(3)).toBe(24);
  });

  test('has a scale to be told beside it, where there is room', () => {
    const scale = (numbers: readonly number[], h = 34) =>
      curveScale({ losses: [curve(...numbers)] }, { y: 0, h });
    expect(scale([0.5, NaN, 2, 4.256])).toEqual({ least: 0.5, most: 4.256 });
    expect(scale([3, 3])).toBeNull();
    expect(scale([1, 2], 18)).toBeNull();
  });

  test('breaks where it is not finite, and says so', () => {
    const broken = { ...long(6), losses: [curve(1, 2, NaN, 2, 1)] };
    const shapes = shapesOf(buildLanes(broken, SIZE), 'loss');
    expect(shapes.filter(({ type }) => type === 'polyline')).toHaveLength(2);
    expect(shapes.filter((shape) => shape.type === 'ellipse' && shape.fill === 'problem')).toHaveLength(1);
    const endless = { ...long(6), losses: [curve(1, Infinity, 2, -Infinity, 1)] };
    const dots = shapesOf(buildLanes(endless, SIZE), 'loss').flatMap((shape) =>
      shape.type === 'ellipse' && shape.fill === 'infinite' ? [shape.y] : [],
    );
    expect(dots).toHaveLength(2);
    expect(dots[0]).toBeLessThan(dots[1] ?? 0);
  });
});
