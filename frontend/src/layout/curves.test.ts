import { describe, expect, test } from 'vitest';
import { angleAt, pointAt, stretch } from './curves';

const straight = [0, 0, 0, 10, 0, 20, 0, 30];
const bent = [...straight, 0, 40, 50, 40, 50, 60];

describe('pointAt', () => {
  test('starts at the start and ends at the end', () => {
    expect(pointAt(bent, 0)).toEqual({ x: 0, y: 0 });
    expect(pointAt(bent, 1)).toEqual({ x: 50, y: 60 });
    expect(pointAt(straight, 0.5).y).toBeCloseTo(15);
  });

  test('stays within 0 and 1', () => {
    expect(pointAt(bent, -3)).toEqual({ x: 0, y: 0 });
    expect(pointAt(bent, 3)).toEqual({ x: 50, y: 60 });
    expect(pointAt([7, 8], 0.5)).toEqual({ x: 7, y: 8 });
  });
});

test('angleAt points the way of travel', () => {
  expect(angleAt(straight, 0.5)).toBeCloseTo(Math.PI / 2);
});

describe('stretch', () => {
  test('a whole stretch is the route', () => {
    stretch(bent, 0, 1).forEach((value, i) => expect(value).toBeCloseTo(bent[i] ?? NaN));
  });

  test.each([
    [0, 0.4],
    [0.3, 1],
    [0.2, 0.3],
    [0.6, 0.9],
  ])('from %s to %s begins and ends where the route is then', (from, to) => {
    const part = stretch(bent, from, to);
    const [start, end] = [pointAt(bent, from), pointAt(bent, to)];
    expect(part[0]).toBeCloseTo(start.x);
    expect(part[1]).toBeCloseTo(start.y);
    expect(part.at(-2)).toBeCloseTo(end.x);
    expect(part.at(-1)).toBeCloseTo(end.y);
    expect((part.length - 2) % 6).toBe(0);
  });
});
