/** The ends of a loop on the lanes: where a pointer takes hold of each, and where it, or a key, takes them. Pure. */
import type { Run } from '../model';
import { LANES_PADDING, xOf, type Axis } from '../scene';

export type End = keyof Run;

/** Pixels of the lanes: the end itself, and the stretch in which it can be taken hold of. */
export interface Grip {
  readonly end: End;
  readonly x: number;
  readonly left: number;
  readonly width: number;
}

/** Of a grip's width, the share that lies within the loop; the rest is outside, where nothing else is wanted. */
const WITHIN = 1 / 3;

/** Both, `width` wide wherever they may be so: neither over the other's end, nor beyond the lanes. */
export function gripsOf(axis: Axis, loop: Run, width: number): readonly Grip[] {
  const [from, to] = [xOf(axis, loop.first), xOf(axis, loop.last + 1)];
  const middle = (from + to) / 2;
  const within = width * WITHIN;
  const left = Math.max(0, Math.min(from + within, middle) - width);
  const right = Math.min(axis.width, Math.max(to - within, middle) + width);
  return [
    { end: 'first', x: from, left, width: Math.min(left + width, middle) - left },
    {
      end: 'last',
      x: to,
      left: Math.max(right - width, middle),
      width: right - Math.max(right - width, middle),
    },
  ];
}

/** The steps that an end may be at, so that at least one is played. */
export function rangeOf({ first, last }: Run, end: End, count: number): Run {
  return end === 'first' ? { first: 0, last } : { first, last: count - 1 };
}

/** The loop with one end at a step, or as near to that as it may be. */
export function withEnd(loop: Run, end: End, step: number, count: number): Run {
  const { first, last } = rangeOf(loop, end, count);
  return { ...loop, [end]: Math.min(Math.max(step, first), last) };
}

/** The step at which an end is that was pulled to a point: a loop begins before a step and ends after one. */
export function stepAtEnd({ count, width }: Axis, end: End, x: number): number {
  const border = Math.round(((x - LANES_PADDING) / (width - 2 * LANES_PADDING)) * count);
  return end === 'first' ? border : border - 1;
}

/** How many pages a timeline has for the keys. */
const PAGES = 10;

/** Where a key takes an end that is at a step; null where it means nothing here. */
export function stepByKey(key: string, at: number, count: number): number | null {
  const page = Math.max(2, Math.round(count / PAGES));
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return at - 1;
    case 'ArrowRight':
    case 'ArrowUp':
      return at + 1;
    case 'PageDown':
      return at - page;
    case 'PageUp':
      return at + page;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}
