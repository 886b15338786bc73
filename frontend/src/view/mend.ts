/** What of a bitmap has to be painted anew when its shapes change a little, or the view moves beside it. */
import type { Rect } from '../layout/types';
import { changedAreas, type View } from '../scene';
import type { Kept } from './layer';

/** Beyond so many changes, or so much of the bitmap, all is painted. */
export const MOST_CHANGES = 240;
const MOST_AREAS = 40;
const MOST_SHARE = 0.5;

export interface Mend {
  /** The view moved by whole pixels of the bitmap, as near to the wanted one as that goes. */
  readonly view: View;
  /** In CSS pixels of the screen, on whole pixels of the bitmap. */
  readonly areas: readonly Rect[];
}

/** Null where the bitmap, `margin` larger than the screen all around, has to be painted as a whole. */
export function mendOf(kept: Kept, wanted: Kept, margin: number): Mend | null {
  const { ratio, screen } = wanted;
  if (!onSameSurface(kept, wanted)) return null;
  if (kept.view.scale !== wanted.view.scale) return null;
  const changed = changedAreas(kept.shapes, wanted.shapes, MOST_CHANGES);
  if (changed === null) return null;
  const by = { x: whole(wanted.view.x - kept.view.x, ratio), y: whole(wanted.view.y - kept.view.y, ratio) };
  const view = { scale: kept.view.scale, x: kept.view.x + by.x, y: kept.view.y + by.y };
  const bitmap: Rect = {
    x: -margin,
    y: -margin,
    width: screen.width + 2 * margin,
    height: screen.height + 2 * margin,
  };
  const areas = [...bared(bitmap, by), ...changed.map((area) => onScreen(area, view))]
    .flatMap((area) => within(area, bitmap))
    .map((area) => onPixels(area, ratio, margin));
  const few = areas.length > MOST_AREAS ? [around(areas)] : areas;
  const painted = few.reduce((sum, { width, height }) => sum + width * height, 0);
  return painted > MOST_SHARE * bitmap.width * bitmap.height ? null : { view, areas: few };
}

/** Whether two are drawn on bitmaps of one size, in the same colours. */
export function onSameSurface(one: Kept, other: Kept): boolean {
  return one.palette === other.palette && one.ratio === other.ratio && one.screen === other.screen;
}

function whole(distance: number, ratio: number): number {
  return Math.round(distance * ratio) / ratio;
}

/** The strips of a bitmap that hold nothing once it was moved. */
function bared({ x, y, width, height }: Rect, by: { readonly x: number; readonly y: number }): Rect[] {
  const aside = { x: by.x > 0 ? x : x + width + by.x, y, width: Math.abs(by.x), height };
  const above = { x, y: by.y > 0 ? y : y + height + by.y, width, height: Math.abs(by.y) };
  return [aside, above].filter((strip) => strip.width > 0 && strip.height > 0);
}

function onScreen({ x, y, width, height }: Rect, view: View): Rect {
  const k = view.scale;
  return { x: x * k + view.x - 1, y: y * k + view.y - 1, width: width * k + 2, height: height * k + 2 };
}

function within(area: Rect, bitmap: Rect): Rect[] {
  const [left, top] = [Math.max(area.x, bitmap.x), Math.max(area.y, bitmap.y)];
  const width = Math.min(area.x + area.width, bitmap.x + bitmap.width) - left;
  const height = Math.min(area.y + area.height, bitmap.y + bitmap.height) - top;
  return width > 0 && height > 0 ? [{ x: left, y: top, width, height }] : [];
}

function onPixels({ x, y, width, height }: Rect, ratio: number, margin: number): Rect {
  const down = (at: number): number => Math.floor((at + margin) * ratio) / ratio - margin;
  const up = (at: number): number => Math.ceil((at + margin) * ratio) / ratio - margin;
  const [left, top] = [down(x), down(y)];
  return { x: left, y: top, width: up(x + width) - left, height: up(y + height) - top };
}

function around(areas: readonly Rect[]): Rect {
  const least = (of: (area: Rect) => number): number => Math.min(...areas.map(of));
  const most = (of: (area: Rect) => number): number => Math.max(...areas.map(of));
  const [x, y] = [least((area) => area.x), least((area) => area.y)];
  return {
    x,
    y,
    width: most((area) => area.x + area.width) - x,
    height: most((area) => area.y + area.height) - y,
  };
}
