/** What two lists of shapes differ in, so that of a large picture only that needs painting anew. */
import type { Rect } from '../layout/types';
import type { Shape } from './types';
import { boundsOf } from './visible';

/** What a line may stick out, and a text be wider than estimated. */
const MARGIN = 6;
const TEXT_SHARE = 0.2;

/** Around each shape that came, went or changed; null where that is more than `most`, or where the order changed. */
export function changedAreas(before: readonly Shape[], after: readonly Shape[], most: number): Rect[] | null {
  const known = new Map(before.map((shape, i) => [shape.key, i]));
  const changed: Shape[] = [];
  let last = -1;
  let kept = 0;
  for (const shape of after) {
    const at = known.get(shape.key);
    const old = at === undefined ? undefined : before[at];
    if (at !== undefined && old !== undefined) {
      if (at < last) return null;
      last = at;
      kept++;
      if (same(old, shape)) continue;
      changed.push(old);
    }
    if (changed.push(shape) > most) return null;
  }
  if (kept < before.length) {
    const still = new Set(after.map(({ key }) => key));
    for (const shape of before) if (!still.has(shape.key) && changed.push(shape) > most) return null;
  }
  return changed.map(extentOf);
}

/** Whether of the shapes that are in both no more than `most` are others; what came or went may just be out of sight. */
export function agree(before: readonly Shape[], after: readonly Shape[], most: number): boolean {
  if (before === after) return true;
  const known = new Map(before.map((shape) => [shape.key, shape]));
  let others = 0;
  return after.every((shape) => {
    const old = known.get(shape.key);
    return old === undefined || same(old, shape) || ++others <= most;
  });
}

/** Gives the very list that it gave before, while what comes is alike: that needs no painting. */
export function steadyShapes(): (shapes: readonly Shape[]) => readonly Shape[] {
  let last: readonly Shape[] = [];
  return (shapes) => (last = changedAreas(last, shapes, 0) ? last : shapes);
}

/** All that a shape may paint. */
export function extentOf(shape: Shape): Rect {
  const { x, y, width, height } = boundsOf(shape);
  const aside = MARGIN + (shape.type === 'text' ? width * TEXT_SHARE : 0);
  return { x: x - aside, y: y - MARGIN, width: width + 2 * aside, height: height + 2 * MARGIN };
}

function same(a: Shape, b: Shape): boolean {
  const [one, other] = [a, b] as unknown as readonly Readonly<Record<string, unknown>>[];
  if (one === undefined || other === undefined) return false;
  for (const name in one) if (!equal(one[name], other[name])) return false;
  for (const name in other) if (!(name in one)) return false;
  return true;
}

function equal(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
  return a.every((value, i) => Object.is(value, b[i]));
}
