import { expect, test } from 'vitest';
import { palette, type RectShape } from '../scene';
import type { Kept } from './layer';
import { mendOf } from './mend';

const node = (key: string, x: number): RectShape => ({
  type: 'rect',
  key,
  x,
  y: 0,
  w: 40,
  h: 20,
  radius: 4,
  fill: 'surface',
});
const kept: Kept = {
  shapes: [node('a', 0), node('b', 200)],
  palette: palette.light,
  view: { scale: 0.5, x: 100, y: 100 },
  screen: { width: 800, height: 600 },
  ratio: 2,
};
const MARGIN = 100;

test('of shapes that change only where they are is painted anew, on whole pixels', () => {
  const shapes = [node('a', 0), { ...node('b', 200), fill: 'ink' as const }];
  const found = mendOf(kept, { ...kept, shapes }, MARGIN);
  expect(found?.view).toEqual(kept.view);
  expect(found?.areas).toHaveLength(2);
  for (const { x, y, width, height } of found?.areas ?? []) {
    expect([x, y, width, height].map((side) => (side * kept.ratio) % 1)).toEqual([0, 0, 0, 0].map(Math.abs));
    expect(x).toBeLessThan(200);
    expect(x + width).toBeGreaterThan(220);
    expect(width * height).toBeLessThan(40 * 30);
  }
});

test('of a view that moves only what it bares, moved by whole pixels', () => {
  const view = { scale: 0.5, x: 130.2, y: 80 };
  expect(mendOf(kept, { ...kept, view }, MARGIN)).toEqual({
    view: { scale: 0.5, x: 130, y: 80 },
    areas: [
      { x: -100, y: -100, width: 30, height: 800 },
      { x: -100, y: 680, width: 1000, height: 20 },
    ],
  });
});

test('all is painted when it zooms, when the colours or the screen change, and when most of it would be', () => {
  expect(mendOf(kept, { ...kept, view: { ...kept.view, scale: 0.6 } }, MARGIN)).toBeNull();
  expect(mendOf(kept, { ...kept, palette: palette.dark }, MARGIN)).toBeNull();
  expect(mendOf(kept, { ...kept, screen: { width: 700, height: 600 } }, MARGIN)).toBeNull();
  expect(mendOf(kept, { ...kept, ratio: 1 }, MARGIN)).toBeNull();
  expect(mendOf(kept, { ...kept, view: { ...kept.view, x: 900 } }, MARGIN)).toBeNull();
});
