/** An edge at the playhead: thin until its value travelled, cool then, warm and as thick as its gradient after. */
import type { Layout, Route } from '../layout/types';
import type { Fold, FoldEdge } from '../model/folding';
import type { Model, ModelEdge, ModelValue } from '../model/types';
import { pointAt, stretch, type Point } from '../layout/curves';
import { fitting, gradientToken, gradientWidth, markedText, markedWithin } from './ink';
import {
  arrowHead,
  badge,
  BADGE_HEIGHT,
  BADGE_SCALE,
  badgeWidth,
  cutMark,
  HEAD_SCALE,
  type Line,
} from './marks';
import type { Moment } from './moment';
import type { SceneInput, Shape } from './types';
import { shows } from './visible';

const UNLIT: Line = { tone: 'line', width: 1.25, opacity: 1 };
const LIT: Line = { tone: 'forward', width: 1.5, opacity: 0.6 };
const DASH = [5, 5];
/** What an earlier pass left steps back behind the one under way. */
const PAST = 0.3;

/** The edge itself, its arrow head (back at the source once a gradient came back), and the mark where it is cut. */
export function edgeShapes(input: SceneInput, edge: FoldEdge, route: Route, moment: Moment): Shape[] {
  const { model } = input;
  const key = `edge:${edge.id}`;
  const edges = edgesOf(model, edge);
  const line = lineOf(edges, moment);
  const path: Shape = {
    type: 'path',
    key,
    points: route.points,
    stroke: line.tone,
    width: line.width,
    opacity: line.opacity,
    ...(edges.some(({ differentiable }) => differentiable) ? {} : { dash: DASH }),
  };
  if (!shows(input, HEAD_SCALE)) return [path];
  const cut = edges.every((each) => cutsGradient(model, each))
    ? cutMark(`${key}:cut`, route, edges[0]?.cutReason ?? '', input.layout.direction)
    : [];
  const back = strongest(edges, moment) !== null;
  return [path, arrowHead(`${key}:head`, route.points, line, back), ...cut];
}

function edgesOf(model: Model, { edges }: FoldEdge): ModelEdge[] {
  return edges.flatMap((id) => model.edges[id] ?? []);
}

/** Plain data never had a gradient to lose; a cut is where one could have come from. */
function cutsGradient(model: Model, edge: ModelEdge): boolean {
  return edge.cutReason !== null && model.nodes[edge.source]?.requiresGrad === true;
}

/** Of the gradients that last came back along the edges, that with the largest norm. */
function strongest(edges: readonly ModelEdge[], moment: Moment): ModelValue | null {
  const found = edges.flatMap(({ id }) => moment.edgeGradOf(id) ?? []);
  return found.reduce<ModelValue | null>(
    (most, value) => (most === null || (value.norm ?? 0) > (most.norm ?? 0) ? value : most),
    null,
  );
}

function isPast(edges: readonly ModelEdge[], moment: Moment): boolean {
  return edges.every(({ id }) => moment.edgeGradOf(id) === null || moment.isPast(id));
}

/** The gradient that last came back along the edge, signed; of several the strongest, with their number. */
export function contributionShapes(
  input: SceneInput,
  edge: FoldEdge,
  { label }: Route,
  moment: Moment,
): Shape[] {
  if (!shows(input, BADGE_SCALE)) return [];
  const { model } = input;
  const edges = edgesOf(model, edge);
  const gradient = strongest(edges, moment);
  if (gradient === null || label === null) return [];
  const count = edges.filter(({ id }) => moment.edgeGradOf(id) !== null).length;
  const fits = (text: string): boolean => badgeWidth(text) <= label.width;
  const text = markedWithin(gradient, fits, count > 1 ? `${count} × ` : '');
  if (text === null) return [];
  const shapes = badge(`edge:${edge.id}:gradient`, label, text, gradientToken(gradient));
  if (!isPast(edges, moment)) return shapes;
  return [
    groundOf(`edge:${edge.id}:ground`, label, text),
    ...shapes.map((shape) => ({ ...shape, opacity: PAST })),
  ];
}

/** What keeps the edge from running through a number that steps back. */
function groundOf(key: string, { x, y }: Point, text: string): Shape {
  const [w, h] = [badgeWidth(text), BADGE_HEIGHT];
  const box = { x: x - w / 2, y: y - h / 2, w, h, radius: h / 2 };
  return { type: 'rect', key, ...box, fill: 'surface', minScale: BADGE_SCALE };
}

/** What travels at this step: the stretch that it has lit, its light, and its number; along one edge, once. */
export function flowShapes({ model, fold, layout }: SceneInput, moment: Moment): Shape[] {
  const { step, travelled } = moment;
  if (step === null || travelled <= 0 || travelled >= 0.98) return [];
  const gone = new Set<number>();
  return step.flows.flatMap((flow) => {
    const edge = fold.edges.get(fold.edgeOf(flow.edge) ?? -1);
    const route = edge && layout.edges.get(edge.id);
    if (edge === undefined || route === undefined || gone.has(edge.id)) return [];
    gone.add(edge.id);
    const value = flow.value === null ? null : (model.values[flow.value] ?? null);
    const offset = numberOffset(fold, layout, edge);
    return step.phase === 'backward'
      ? gradientFlow(route, 1 - travelled, value, offset)
      : valueFlow(route, travelled, value, offset);
  });
}

function valueFlow(route: Route, share: number, value: ModelValue | null, offset: Point): Shape[] {
  const trail: Line = { tone: 'forward', width: 2.5, opacity: 0.9 };
  const number = value === null ? null : fitting(value, 11);
  return travelling(route, trail, {
    lit: stretch(route.points, 0, share),
    at: pointAt(route.points, share),
    offset,
    number,
  });
}

function gradientFlow(route: Route, share: number, value: ModelValue | null, offset: Point): Shape[] {
  const tone = value === null ? 'backward' : gradientToken(value);
  const trail: Line = { tone, width: value === null ? 2.5 : gradientWidth(value), opacity: 0.9 };
  const number = value === null ? null : markedText(value);
  return travelling(route, trail, {
    lit: stretch(route.points, share, 1),
    at: pointAt(route.points, share),
    offset,
    number,
  });
}

interface Traveller {
  readonly lit: readonly number[];
  readonly at: Point;
  readonly offset: Point;
  readonly number: string | null;
}

function travelling(
  route: Route,
  { tone, width, opacity }: Line,
  { lit, at, offset, number }: Traveller,
): Shape[] {
  const key = `flow:${route.id}`;
  const aside = badgeWidth(number ?? '') / 2 + LIGHT;
  const beside = { x: at.x + offset.x * aside, y: at.y + offset.y * 20 };
  return [
    { type: 'path', key: `${key}:trail`, points: lit, stroke: tone, width, opacity },
    { type: 'pulse', key, ...at, r: 5, fill: tone },
    ...(number === null ? [] : badge(`${key}:number`, beside, number, tone, 0.35)),
  ];
}

/** Room for a light between an edge and its number. */
const LIGHT = 12;

/**
 * A travelling number is beside its light, where it covers neither the node that it left nor the one that it comes to:
 * right of it on the way down, above it on the way to the right. On edges between the same two nodes it is to either
 * side. In shares of its own extents.
 */
function numberOffset(fold: Fold, layout: Layout, edge: FoldEdge): Point {
  const siblings = fold.siblingsOf(edge);
  const down = layout.direction === 'down';
  if (siblings.length < 2) return down ? { x: 1, y: 0 } : { x: 0, y: -1 };
  const side = 2 * siblings.indexOf(edge.id) - (siblings.length - 1);
  return down ? { x: side, y: 0 } : { x: 0, y: side };
}

function lineOf(edges: readonly ModelEdge[], moment: Moment): Line {
  const gradient = strongest(edges, moment);
  if (gradient !== null) {
    const opacity = isPast(edges, moment) ? PAST : 0.85;
    return { tone: gradientToken(gradient), width: gradientWidth(gradient), opacity };
  }
  return edges.some(({ target }) => moment.valueOf(target) !== null) ? LIT : UNLIT;
}
