import { expect, test } from 'vitest';

import { bestCorner, CORNERS, mapPlace, type Corner } from './mapplaces';

const map = { width: 144, height: 108 };
const screen = { width: 600, height: 500 };
/** What fills these corners. */
const filled = (...corners: Corner[]) => corners.map((corner) => mapPlace(corner, map, screen));

test('the map stands in a corner, off the search above and the tools below', () => {
  expect(CORNERS.map((corner) => mapPlace(corner, map, screen))).toEqual([
    { x: 8, y: 384, ...map },
    { x: 448, y: 8, ...map },
    { x: 8, y: 50, ...map },
    { x: 448, y: 342, ...map },
  ]);
});

test('it goes to the corner where it covers least, the first of those that are equal', () => {
  expect(bestCorner('lower left', map, screen, [])).toBe('lower left');
  expect(bestCorner('lower left', map, screen, filled('lower left'))).toBe('upper right');
  expect(bestCorner('lower left', map, screen, filled('lower left', 'upper right'))).toBe('upper left');
  expect(bestCorner('upper right', map, screen, filled(...CORNERS))).toBe('upper right');
});

test('it stays where nearly as little is covered as anywhere', () => {
  const sliver = { x: 448, y: 8, width: 144, height: 8 };
  expect(bestCorner('upper right', map, screen, [sliver])).toBe('upper right');
  expect(bestCorner('upper right', map, screen, [{ ...sliver, height: 20 }])).toBe('lower left');
});
