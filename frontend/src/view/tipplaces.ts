/** Where a card stands that tells of something on the stage: beside it, on as little of the graph as may be. Pure. */
import { LABEL_HEIGHT, type Layout, type Rect, type Size } from '../layout';
import type { View } from '../scene/types';

interface Point {
  readonly x: number;
  readonly y: number;
}

const GAP = 12;
const MARGIN = 4;
/** The card covers what it speaks of only where there is no other way. */
const OWN_WEIGHT = 8;

/** Left and top of a card of this size beside `target`, all of it on the screen; `others` are not to be covered. */
export function tipPlace(target: Rect, card: Size, screen: Size, others: readonly Rect[]): Point {
  const within = ({ x, y }: Point): Point => ({
    x: Math.max(MARGIN, Math.min(x, screen.width - card.width - MARGIN)),
    y: Math.max(MARGIN, Math.min(y, screen.height - card.height - MARGIN)),
  });
  const covers = (at: Point): number => {
    const box = { ...at, ...card };
    const sum = others.reduce((all, other) => all + overlap(box, other), 0);
    return sum + OWN_WEIGHT * overlap(box, target);
  };
  const places = placesBeside(target, card).map(within);
  const costs = places.map(covers);
  return places[costs.indexOf(Math.min(...costs))] ?? within(target);
}

/** Right, left, below and above, each along the target's beginning, middle and end; the first that is free is taken. */
function placesBeside({ x, y, width, height }: Rect, card: Size): Point[] {
  const across = [x, x + (width - card.width) / 2, x + width - card.width];
  const down = [y, y + (height - card.height) / 2, y + height - card.height];
  return [
    ...down.map((top) => ({ x: x + width + GAP, y: top })),
    ...down.map((top) => ({ x: x - card.width - GAP, y: top })),
    ...across.map((left) => ({ x: left, y: y + height + GAP })),
    ...across.map((left) => ({ x: left, y: y - card.height - GAP })),
  ];
}

/** How much of the screen two rectangles share. */
export function overlap(a: Rect, b: Rect): number {
  const across = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const down = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return across > 0 && down > 0 ? across * down : 0;
}

/** Where the layout's nodes and numbers on edges are on the screen, as far as they are on it. */
export function facesOnScreen(layout: Layout, view: View, screen: Size): Rect[] {
  const on = ({ x, y, width, height }: Rect): boolean =>
    x < screen.width && y < screen.height && x + width > 0 && y + height > 0;
  const boxes = [
    ...Array.from(layout.nodes.values(), centred),
    ...Array.from(layout.edges.values(), ({ label }) => label && centred({ ...label, height: LABEL_HEIGHT })),
  ];
  return boxes.flatMap((box) => (box ? [onScreen(box, view)] : [])).filter(on);
}

/** By its corner, what is given by its middle. */
export function centred({ x, y, width, height }: Rect): Rect {
  return { x: x - width / 2, y: y - height / 2, width, height };
}

export function onScreen({ x, y, width, height }: Rect, { scale, x: left, y: top }: View): Rect {
  return { x: x * scale + left, y: y * scale + top, width: width * scale, height: height * scale };
}
