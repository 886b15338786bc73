/** Where the small map stands on the stage: in the corner in which it covers least, and only what nobody looks at. Pure. */
import type { Rect, Size } from '../layout';
import { overlap } from './tipplaces';

export type Corner = 'lower left' | 'upper right' | 'upper left' | 'lower right';

/** As they are liked where nothing is covered. */
export const CORNERS: readonly Corner[] = ['lower left', 'upper right', 'upper left', 'lower right'];

const GAP = 8;
/** What the search takes above, and the tools below. */
const TAKEN = 42;
/** A corner is left for one in which less is covered by this share of the map. */
const WORTH_IT = 0.1;

/** The map in a corner of the screen. */
export function mapPlace(corner: Corner, map: Size, screen: Size): Rect {
  const x = corner.endsWith('left') ? GAP : screen.width - map.width - GAP;
  const above = corner === 'upper left' ? GAP + TAKEN : GAP;
  const below = corner === 'lower right' ? GAP + TAKEN : GAP;
  const y = corner.startsWith('upper') ? above : screen.height - map.height - below;
  return { x, y, ...map };
}

/** The corner for it, given the one where it is, and what lies on the screen. */
export function bestCorner(now: Corner, map: Size, screen: Size, faces: readonly Rect[]): Corner {
  const covers = (corner: Corner): number =>
    faces.reduce((sum, face) => sum + overlap(mapPlace(corner, map, screen), face), 0);
  const costs = CORNERS.map(covers);
  const least = Math.min(...costs);
  if (covers(now) - least <= WORTH_IT * map.width * map.height) return now;
  return CORNERS[costs.indexOf(least)] ?? now;
}
