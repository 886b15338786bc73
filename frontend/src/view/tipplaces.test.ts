import { expect, test } from 'vitest';
import { tipPlace } from './tipplaces';

const screen = { width: 600, height: 400 };
const card = { width: 200, height: 80 };
const target = { x: 250, y: 150, width: 100, height: 40 };

test('right of what it tells of, and left where that is taken', () => {
  expect(tipPlace(target, card, screen, [])).toEqual({ x: 362, y: 150 });
  const right = { x: 380, y: 100, width: 100, height: 200 };
  expect(tipPlace(target, card, screen, [right])).toEqual({ x: 38, y: 150 });
});

test('above or below where both sides are taken', () => {
  const sides = [
    { x: 380, y: 0, width: 100, height: 400 },
    { x: 100, y: 0, width: 100, height: 400 },
  ];
  expect(tipPlace(target, card, screen, sides)).toEqual({ x: 250 - 50, y: 202 });
  const below = { x: 250, y: 210, width: 100, height: 40 };
  expect(tipPlace(target, card, screen, [...sides, below])).toEqual({ x: 200, y: 58 });
});

test('on the screen, and beside its own where that is possible', () => {
  const corner = { x: 520, y: 370, width: 70, height: 25 };
  const { x, y } = tipPlace(corner, card, screen, []);
  expect(x + card.width).toBeLessThanOrEqual(corner.x);
  expect(y + card.height).toBeLessThanOrEqual(screen.height);
});
