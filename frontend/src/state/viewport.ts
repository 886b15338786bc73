/** How the stage is looked at: pure arithmetic between layout and screen (CSS pixels). */
import type { Rect, Size } from '../layout/types';
import type { View } from '../scene/types';

export const SCALES = { least: 0.05, most: 4 } as const;
/** A small graph is not blown up beyond this when it is fitted. */
const FITTED_MOST = 1.4;

/** Share of the screen, each way, that counts as its middle. */
const MIDDLE = 0.6;

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The view that shows all of `bounds` in the middle of the screen, `margin` pixels from its edges. */
export function fit(bounds: Rect, screen: Size, margin = 32): View {
  const scale = clamp(
    Math.min(
      (screen.width - 2 * margin) / Math.max(bounds.width, 1),
      (screen.height - 2 * margin) / Math.max(bounds.height, 1),
    ),
    SCALES.least,
    FITTED_MOST,
  );
  return centre({ x: bounds.x + bounds.width / 2, y: bounds.y + bounds.height / 2 }, scale, screen);
}

/** The view that has `at` (layout units) in the middle of the screen. */
export function centre(at: Point, scale: number, screen: Size): View {
  return { scale, x: screen.width / 2 - at.x * scale, y: screen.height / 2 - at.y * scale };
}

/** The view moved as little as needed for the screen to hold no more empty room around `bounds` than a margin. */
export function filled(view: View, bounds: Rect, screen: Size, margin = 32): View {
  const along = (offset: number, start: number, length: number, room: number): number => {
    const [first, last] = [start * view.scale, (start + length) * view.scale];
    if (last - first <= room - 2 * margin) return (room - first - last) / 2;
    return clamp(offset, room - margin - last, margin - first);
  };
  return {
    scale: view.scale,
    x: along(view.x, bounds.x, bounds.width, screen.width),
    y: along(view.y, bounds.y, bounds.height, screen.height),
  };
}

/** Whether the screen shows all of `bounds`. */
export function holds(view: View, bounds: Rect, screen: Size): boolean {
  const { x, y, width, height } = visible(view, screen);
  return (
    x <= bounds.x &&
    y <= bounds.y &&
    x + width >= bounds.x + bounds.width &&
    y + height >= bounds.y + bounds.height
  );
}

/** Whether a point of the layout lies in the middle of the screen, where the eye need not look for it. */
export function inMiddle(view: View, at: Point, screen: Size): boolean {
  const [x, y] = [at.x * view.scale + view.x, at.y * view.scale + view.y];
  return Math.abs(x / screen.width - 0.5) < MIDDLE / 2 && Math.abs(y / screen.height - 0.5) < MIDDLE / 2;
}

/** Zooms by `factor`; what is under `at` stays under it. */
export function zoom(view: View, at: Point, factor: number): View {
  const scale = clamp(view.scale * factor, SCALES.least, SCALES.most);
  const k = scale / view.scale;
  return { scale, x: at.x - (at.x - view.x) * k, y: at.y - (at.y - view.y) * k };
}

export function pan(view: View, dx: number, dy: number): View {
  return { scale: view.scale, x: view.x + dx, y: view.y + dy };
}

/** The part of the layout that the screen shows. */
export function visible(view: View, screen: Size): Rect {
  return {
    x: -view.x / view.scale,
    y: -view.y / view.scale,
    width: screen.width / view.scale,
    height: screen.height / view.scale,
  };
}

export function toLayout(view: View, at: Point): Point {
  return { x: (at.x - view.x) / view.scale, y: (at.y - view.y) / view.scale };
}

/** Between two views, `k` from 0 to 1; the scale goes geometrically, so that zooming feels even. */
export function between(a: View, b: View, k: number): View {
  return {
    scale: a.scale * (b.scale / a.scale) ** k,
    x: a.x + (b.x - a.x) * k,
    y: a.y + (b.y - a.y) * k,
  };
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
