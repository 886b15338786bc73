/** Courses of numbers over the steps, as lines in a box. Pure. */
import { iterationAt, lastUpTo, type Iteration } from '../../model';
import type { Size } from '../../layout';
import { turnTitle } from '../titles';
import type { Course } from './overtime';

export interface Drawn {
  /** SVG points of each course. */
  readonly lines: readonly string[];
  xOf(step: number): number;
  stepAt(x: number): number;
}

const MARGIN = 4;

/** All courses on one scale. A number that is not finite leaves a gap of its own width. */
export function courseLines(courses: readonly Course[], { width, height }: Size, steps: number): Drawn {
  const numbers = courses.flatMap(({ points }) => points.map(({ number }) => number)).filter(Number.isFinite);
  const least = numbers.reduce((a, b) => Math.min(a, b), Infinity);
  const most = numbers.reduce((a, b) => Math.max(a, b), -Infinity);
  const span = most - least;
  const xOf = (step: number): number => (steps === 0 ? 0 : (step / steps) * width);
  const yOf = (number: number): number => {
    const share = span > 0 ? (number - least) / span : 0.5;
    return height - MARGIN - share * (height - 2 * MARGIN);
  };
  const lines = courses.map(({ points }) =>
    points
      .filter(({ number }) => Number.isFinite(number))
      .map(({ step, number }) => `${xOf(step + 1).toFixed(1)},${yOf(number).toFixed(1)}`)
      .join(' '),
  );
  return { lines, xOf, stepAt: (x) => (width === 0 ? 0 : Math.floor((x / width) * steps)) };
}

/** "[0] 0.5 [1] 0.25 in iteration 3 of 20 (step 41)": what was known at a point, exactly. */
export function pointAtX(
  courses: readonly Course[],
  drawn: Drawn,
  x: number,
  iterations: readonly Iteration[],
): string {
  const step = Math.max(drawn.stepAt(x) - 1, courses[0]?.points[0]?.step ?? 0);
  const known = courses.flatMap(({ name, points }) => {
    const point = lastUpTo(points, step);
    return point ? [{ name, ...point }] : [];
  });
  const at = known[0]?.step ?? 0;
  const turn = turnTitle(iterationAt(iterations, at));
  const numbers = known.map(({ name, number }) => `${name} ${number}`.trim()).join('  ');
  return `${numbers}${turn ? ` in ${turn}` : ''} (step ${at + 1})`;
}
