/** An edge's stretches through several levels as one route, joined where they pass the borders of boxes. */
import { item } from './arrays';
import type { Inside } from './inside';
import type { Home, Stretch } from './levels';
import type { Direction, Point } from './types';

/** An end is moved sideways only this close before the border. */
const LAST_STRETCH = 48;

export function joinStretches(
  stretches: readonly Stretch[],
  insides: ReadonlyMap<Home, Inside>,
  origins: ReadonlyMap<Home, Point>,
  direction: Direction,
): number[] {
  const portAt = (home: Home, port: number | null, enters: boolean): Point | null => {
    const inside = insides.get(home);
    const place = port === null ? undefined : inside?.layout.nodes.get(port);
    const origin = origins.get(home);
    if (inside === undefined || place === undefined || origin === undefined) return null;
    const { frame } = inside;
    const border =
      direction === 'down'
        ? { x: place.x, y: enters ? frame.y : frame.y + frame.height }
        : { x: enters ? frame.x : frame.x + frame.width, y: place.y };
    return { x: origin.x + border.x, y: origin.y + border.y };
  };
  return stretches.reduce<number[]>((points, { home, edge, from, to }, i) => {
    const origin = origins.get(home) ?? { x: 0, y: 0 };
    const own = insides.get(home)?.layout.edges.get(edge)?.points ?? [];
    const moved = own.map((value, at) => value + (at % 2 === 0 ? origin.x : origin.y));
    const [before, after] = [stretches[i - 1], stretches[i + 1]];
    const start = portAt(home, from, true) ?? (before ? portAt(before.home, before.to, false) : null);
    const end = portAt(home, to, false) ?? (after ? portAt(after.home, after.from, true) : null);
    const ended = end === null ? moved : withEnd(moved, end, direction);
    const joined = start === null ? ended : reversed(withEnd(reversed(ended), start, direction));
    return points.length === 0 ? joined : [...points, ...joined.slice(2)];
  }, []);
}

/** The route with its last point moved, along the way of the data as far as need be, sideways close to the end. */
function withEnd(points: readonly number[], { x, y }: Point, direction: Direction): number[] {
  if (points.length < 8) return [...points];
  const down = direction === 'down';
  const [px, py] = [item(points, points.length - 8), item(points, points.length - 7)];
  const [from, side] = down ? [py, px] : [px, py];
  const [to, aside] = down ? [y, x] : [x, y];
  const [ex, ey] = [item(points, points.length - 2), item(points, points.length - 1)];
  const straight = Math.abs((down ? ex : ey) - side) < 0.5;
  const turn = to - Math.sign(to - from) * Math.min(Math.abs(to - from), LAST_STRETCH);
  const kept = points.slice(0, -6);
  if (straight && Math.abs(aside - side) > 0.5 && turn !== from)
    kept.push(...piece([from, side], [turn, side], down));
  const [last, at] = straight && turn !== from ? [turn, side] : [from, side];
  return [...kept, ...piece([last, at], [to, aside], down)];
}

/** A cubic with tangents along the way of the data, its start left out. */
function piece(
  [from, side]: readonly [number, number],
  [to, aside]: readonly [number, number],
  down: boolean,
): number[] {
  const halfway = (from + to) / 2;
  return down ? [side, halfway, aside, halfway, aside, to] : [halfway, side, halfway, aside, to, aside];
}

function reversed(points: readonly number[]): number[] {
  return points.map((_, i) => item(points, points.length - 2 - i + 2 * (i % 2)));
}
