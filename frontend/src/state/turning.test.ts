import { expect, test } from 'vitest';

import type { Direction, Layout } from '../layout';
import { better, worthTurning } from './turning';

function laidOut(direction: Direction, width: number, height: number): Layout {
  const [nodes, edges, boxes] = [new Map(), new Map(), new Map()];
  return { direction, nodes, edges, boxes, bounds: { x: 0, y: 0, width, height } };
}

const wide = { width: 1600, height: 500 };
const tall = laidOut('down', 300, 800);
const long = laidOut('right', 1400, 240);

test('turns a graph that is read in clearly larger letters the other way', () => {
  expect(worthTurning(tall, wide)).toBe(true);
  expect(better(tall, long, wide)).toBe(long);
  expect(better(tall, laidOut('right', 2400, 240), wide)).toBe(tall);
});

test('goes down again as soon as nothing is lost by it', () => {
  const small = laidOut('down', 300, 400);
  expect(worthTurning(long, wide)).toBe(true);
  expect(better(laidOut('right', 700, 240), small, wide)).toBe(small);
  expect(better(laidOut('right', 700, 240), laidOut('down', 300, 480), wide).direction).toBe('right');
});

test('leaves a graph as it is that can be read as it is, and one that can be read neither way', () => {
  expect(worthTurning(laidOut('down', 300, 500), wide)).toBe(false);
  expect(worthTurning(laidOut('down', 30_000, 30_000), wide)).toBe(false);
  expect(better(laidOut('down', 300, 9000), laidOut('right', 9000, 300), wide).direction).toBe('down');
});

test('does not turn back and forth while a window is drawn wider and narrower', () => {
  const at = (width: number) => ({ width, height: 500 });
  const turns: number[] = [];
  let standing = tall;
  for (const width of [900, 1000, 1100, 1200, 1300, 1200, 1100, 1000, 900]) {
    const next = better(standing, standing === tall ? long : tall, at(width));
    if (next !== standing) turns.push(width);
    standing = next;
  }
  expect(turns).toEqual([1100]);
});

test('goes downwards on a phone that is held upright', () => {
  const phone = { width: 390, height: 200 };
  expect(worthTurning(tall, phone)).toBe(false);
  expect(worthTurning(long, phone)).toBe(true);
  expect(better(long, tall, phone)).toBe(tall);
});
