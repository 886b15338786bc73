/** Model, layout and playhead in, the list of shapes for that instant out, in paint order. It draws what is laid out. */
import type { PlacedNode, Rect, Route } from '../layout/types';
import type { Item } from '../model/folding';
import { contributionShapes, edgeShapes, flowShapes } from './edges';
import { boxShapes, faceShapes, headerShapes } from './groups';
import { momentAt, type Moment } from './moment';
import { bodyOf, farShapes, figureOf, nodeShapes } from './nodes';
import { relativesOf } from './relatives';
import { sumShapes } from './sums';
import type { SceneInput, Shape } from './types';
import { pointBounds, shows, touches } from './visible';

const ASIDE = 0.25;
const MARGIN = 40;
/** Below this scale a node is a plain shape. */
const FAR = 0.22;

/** Everything: what stands still for a while, and on top of it what moves from frame to frame. */
export function buildScene(input: SceneInput): Shape[] {
  return [...buildStill(input), ...buildMoving(input)];
}

/** What stays the same as long as `beatOf` the playhead does. */
export function buildStill(input: SceneInput): Shape[] {
  const { model, fold, layout } = input;
  const moment = momentAt(model, input.playhead);
  const relatives = relativesOf(fold, input.selection);
  const strength = (related: boolean | undefined): number => (related === false ? ASIDE : 1);
  const edges = Array.from(layout.edges.values()).flatMap((route) => {
    const edge = fold.edges.get(route.id);
    if (edge === undefined || !routeShows(route, input.viewport)) return [];
    return [{ edge, route, seen: strength(relatives?.edges.has(edge.id)) * (route.presence ?? 1) }];
  });
  const ofBoxes = (shapesOf: typeof boxShapes): Shape[] =>
    Array.from(layout.boxes.values()).flatMap((place) => {
      const box = fold.boxes.get(place.id);
      if (box === undefined || !boxShows(place, input.viewport)) return [];
      return faded(shapesOf(input, box, place), place.presence ?? 1);
    });
  return [
    ...ofBoxes(boxShapes),
    ...edges.flatMap(({ edge, route, seen }) => faded(edgeShapes(input, edge, route, moment), seen)),
    ...ofBoxes(headerShapes),
    ...Array.from(layout.nodes.values()).flatMap((place) => {
      const item = fold.items.get(place.id);
      if (item === undefined || !boxShows(place, input.viewport)) return [];
      const seen = strength(relatives?.items.has(place.id)) * (place.presence ?? 1);
      return faded(itemShapes(input, item, place, moment), seen);
    }),
    ...edges.flatMap(({ edge, route, seen }) => faded(contributionShapes(input, edge, route, moment), seen)),
  ];
}

/** What travels, and what adds up where it arrives. */
export function buildMoving(input: SceneInput): Shape[] {
  const moment = momentAt(input.model, input.playhead);
  return [...flowShapes(input, moment), ...sumShapes(input.model, input.layout, moment)];
}

function itemShapes(input: SceneInput, item: Item, place: PlacedNode, moment: Moment): Shape[] {
  if (item.kind === 'group') return faceShapes(input, item, place, moment);
  return shows(input, FAR)
    ? nodeShapes(input, figureOf(input, item, place, moment), moment)
    : farShapes(input, bodyOf(input, item, place, moment), moment);
}

function faded(shapes: Shape[], opacity: number): Shape[] {
  return opacity === 1
    ? shapes
    : shapes.map((shape) => ({ ...shape, opacity: (shape.opacity ?? 1) * opacity }));
}

function boxShows({ x, y, width, height }: PlacedNode, viewport: Rect | undefined): boolean {
  return (
    viewport === undefined ||
    touches({ x: x - width / 2, y: y - height / 2, width, height }, viewport, MARGIN)
  );
}

function routeShows({ points }: Route, viewport: Rect | undefined): boolean {
  return viewport === undefined || touches(pointBounds(points, MARGIN), viewport, 0);
}
