/** How the stage is looked at: pure arithmetic between layout and screen (CSS pixels). */
import type { Rect, Size } from '../layout/types';
import type { View } from '../scene/types';

export const SCALES = { least: 0.02, most: 4 } as const;
/** A small graph is not blown up beyond this when it is fitted. */
const FITTED_MOST = 1.4;

/** Share of the screen, each way, that counts as its middle. */
const MIDDLE = 0.6;
/** Share of the screen by which a point that goes on is kept behind its centre. */
const BEHIND = 0.15;

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The view that shows all of `bounds` in the middle of the screen, `margin` pixels from its edges. */
export function fit(bounds: Rect, screen: Size, margin = 32): View {
  const { scale } = whole(bounds, screen, margin);
  return centre(middleOf(bounds), clamp(scale, SCALES.least, FITTED_MOST), screen);
}

/** The same, however small that is. */
export function whole(bounds: Rect, screen: Size, margin: number): View {
  const across = (screen.width - 2 * margin) / Math.max(bounds.width, 1);
  const down = (screen.height - 2 * margin) / Math.max(bounds.height, 1);
  return centre(middleOf(bounds), Math.min(across, down), screen);
}

function middleOf({ x, y, width, height }: Rect): Point {
  return { x: x + width / 2, y: y + height / 2 };
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

/**
 * The view moved on where a point has left the middle of the screen, and only that way: there is room ahead of it then.
 * A point that was out of sight is in the centre.
 */
export function onward(view: View, at: Point, screen: Size): View {
  const along = (offset: number, place: number, length: number): number => {
    const share = (place * view.scale + offset) / length - 0.5;
    if (Math.abs(share) < MIDDLE / 2) return offset;
    const behind = Math.abs(share) < 0.5 ? Math.sign(share) * BEHIND : 0;
    return offset - (share + behind) * length;
  };
  return {
    scale: view.scale,
    x: along(view.x, at.x, screen.width),
    y: along(view.y, at.y, screen.height),
  };
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

/** Between two zooms of the region drawn; and its steps in panning, as shares of its sides. */
const ZOOM_STEP = 1.25;
const PAN_STEP = 0.25;

/**
 * A part of the layout, somewhat larger than what the screen shows, that stays the same while the view moves a little:
 * what is built for it can be drawn again. As text, so that equal regions are equal; `readRegion` has the numbers.
 */
export function regionOf(view: View, screen: Size): string {
  const { x, y, width, height } = visible(view, screen);
  const step = Math.floor(Math.log(view.scale) / Math.log(ZOOM_STEP));
  const scale = ZOOM_STEP ** step;
  const along = (start: number, length: number): [number, number] => {
    const most = (length * view.scale) / scale;
    const grid = Math.max(most * PAN_STEP, 1);
    return [Math.floor(start / grid) * grid, most + grid];
  };
  const [left, wide] = along(x, width);
  const [top, high] = along(y, height);
  return [left, top, wide, high, scale * ZOOM_STEP].join(' ');
}

export function readRegion(region: string): { viewport: Rect; scale: number } {
  const [x = 0, y = 0, width = 0, height = 0, scale = 1] = region.split(' ').map(Number);
  return { viewport: { x, y, width, height }, scale };
}

export function toLayout(view: View, at: Point): Point {
  return { x: (at.x - view.x) / view.scale, y: (at.y - view.y) / view.scale };
}

/**
 * Between two views, `k` from 0 to 1; the scale goes geometrically, so that zooming feels even. On the screen each point
 * goes straight to where it will be: what is in sight before and after stays so.
 */
export function between(a: View, b: View, k: number): View {
  const scale = a.scale * (b.scale / a.scale) ** k;
  const share = a.scale === b.scale ? k : (scale - a.scale) / (b.scale - a.scale);
  return { scale, x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share };
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
