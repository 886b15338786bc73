/** Model, layout and playhead in, the list of shapes for that instant out, in paint order. It draws what is laid out. */
import type { Layout, PlacedNode, Rect, Route } from '../layout/types';
import { contributionShapes, edgeShapes, flowShapes } from './edges';
import { momentAt } from './moment';
import { figureOf, nodeShapes } from './nodes';
import { relativesOf } from './relatives';
import { sumShapes } from './sums';
import type { SceneInput, Shape, Target } from './types';
import { pointBounds, touches } from './visible';

const ASIDE = 0.25;
const MARGIN = 40;

export function buildScene(input: SceneInput): Shape[] {
  const { model, layout } = input;
  const moment = momentAt(model, input.playhead);
  const relatives = isLaidOut(layout, input.selection) ? relativesOf(model, input.selection) : null;
  const strength = (related: boolean | undefined): number => (related === false ? ASIDE : 1);
  const edges = Array.from(layout.edges.values()).flatMap((route) => {
    const edge = model.edges[route.id];
    return edge !== undefined && routeShows(route, input.viewport) ? [{ edge, route }] : [];
  });
  const nodes = Array.from(layout.nodes.values()).flatMap((box) => {
    const node = model.nodes[box.id];
    return node !== undefined && boxShows(box, input.viewport) ? [figureOf(input, node, box, moment)] : [];
  });
  return [
    ...edges.flatMap(({ edge, route }) => {
      const seen = strength(relatives?.edges.has(edge.id));
      return faded(edgeShapes(model, edge, route, moment), seen);
    }),
    ...nodes.flatMap((figure) => {
      const seen = strength(relatives?.nodes.has(figure.node.id));
      return faded(nodeShapes(input, figure, moment), seen);
    }),
    ...edges.flatMap(({ edge, route }) => {
      const seen = strength(relatives?.edges.has(edge.id));
      return faded(contributionShapes(route, moment), seen);
    }),
    ...flowShapes(model, layout, moment),
    ...sumShapes(model, layout, moment),
  ];
}

/** What is selected in another iteration leaves nothing to stand out here. */
function isLaidOut(layout: Layout, target: Target | null): boolean {
  if (target === null) return false;
  return target.kind === 'node' ? layout.nodes.has(target.id) : layout.edges.has(target.id);
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
