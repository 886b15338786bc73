/** What stays where it is on the screen while a group opens or closes: the point of it that was clicked. Pure. */
import type { Layout, Rect, Size } from '../layout/types';
import type { View } from '../scene/types';
import { holds, type Point } from './viewport';

/** From the screen's edges to an open group, and what its head takes, in pixels. */
const MARGIN = 12;
const HEAD_ROOM = 36;

export interface Anchor {
  /** The group's id among what is visible: that of its face and of its box. */
  readonly id: number;
  /** The point, as shares of the group's width and height. */
  readonly share: Point;
  /** Where it is on the screen. */
  readonly at: Point;
}

/** The rectangle of an item or a box; null where it is not there. */
export function placeOf(layout: Layout, id: number): Rect | null {
  const found = layout.nodes.get(id) ?? layout.boxes.get(id);
  if (found === undefined) return null;
  const { x, y, width, height } = found;
  return { x: x - width / 2, y: y - height / 2, width, height };
}

/** For a group that stands as `layout` says, seen through `view`; without a point, its middle. */
export function anchorOf(layout: Layout, id: number, view: View, at?: Point): Anchor | null {
  const place = placeOf(layout, id);
  if (place === null) return null;
  const middle = {
    x: (place.x + place.width / 2) * view.scale + view.x,
    y: (place.y + place.height / 2) * view.scale + view.y,
  };
  const point = at ?? middle;
  const share = {
    x: ((point.x - view.x) / view.scale - place.x) / place.width,
    y: ((point.y - view.y) / view.scale - place.y) / place.height,
  };
  return { id, share, at: point };
}

/** The view of this scale in which the anchor is where it was. */
export function anchored({ id, share, at }: Anchor, layout: Layout, scale: number): View | null {
  const place = placeOf(layout, id);
  if (place === null) return null;
  return {
    scale,
    x: at.x - (place.x + share.x * place.width) * scale,
    y: at.y - (place.y + share.y * place.height) * scale,
  };
}

/** How far the view has to drift for an open group to be in sight: all of it where it fits, or else its head. */
export function driftIntoSight(box: Rect, { scale, x, y }: View, screen: Size): Point {
  const along = (start: number, length: number, room: number): number => {
    const shown = length + 2 * MARGIN <= room ? length : HEAD_ROOM;
    return Math.max(MARGIN - start, 0) - Math.max(start - (room - MARGIN - shown), 0);
  };
  return {
    x: along(box.x * scale + x, box.width * scale, screen.width),
    y: along(box.y * scale + y, box.height * scale, screen.height),
  };
}

/** Where on the screen the middle of an item is, if all of it is in sight. */
export function spotOf(id: number, layout: Layout, view: View, screen: Size): Point | undefined {
  const place = placeOf(layout, id);
  if (!place || !holds(view, place, screen)) return undefined;
  const { scale } = view;
  return {
    x: (place.x + place.width / 2) * scale + view.x,
    y: (place.y + place.height / 2) * scale + view.y,
  };
}

/** The item nearest to the middle of the screen; -1 where there is none. */
export function itemInMiddle({ nodes }: Layout, view: View, screen: Size): number {
  const [x, y] = [(screen.width / 2 - view.x) / view.scale, (screen.height / 2 - view.y) / view.scale];
  let [nearest, least] = [-1, Infinity];
  for (const node of nodes.values()) {
    const distance = Math.hypot(node.x - x, node.y - y);
    if (distance < least) [nearest, least] = [node.id, distance];
  }
  return nearest;
}
