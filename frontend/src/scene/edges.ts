/** An edge at the playhead: thin until its value travelled, cool then, warm and as thick as its gradient after. */
import type { Layout, Route } from '../layout/types';
import type { Model, ModelEdge, ModelValue } from '../model/types';
import { pointAt, stretch, type Point } from '../layout/curves';
import { fitting, gradientToken, gradientWidth, markedText } from './ink';
import { arrowHead, badge, cutMark, type Line } from './marks';
import type { Moment } from './moment';
import type { Shape } from './types';

const UNLIT: Line = { tone: 'line', width: 1.25, opacity: 1 };
const LIT: Line = { tone: 'forward', width: 1.5, opacity: 0.6 };
const DASH = [5, 5];

/** The edge itself, its arrow head (back at the source once a gradient came back), and the mark where it is cut. */
export function edgeShapes(model: Model, edge: ModelEdge, route: Route, moment: Moment): Shape[] {
  const key = `edge:${edge.id}`;
  const line = lineOf(edge, moment);
  const path: Shape = {
    type: 'path',
    key,
    points: route.points,
    stroke: line.tone,
    width: line.width,
    opacity: line.opacity,
    ...(edge.differentiable ? {} : { dash: DASH }),
  };
  const cut = cutsGradient(model, edge) ? cutMark(`${key}:cut`, route.points, edge.cutReason ?? '') : [];
  const back = moment.edgeGradOf(edge.id) !== null;
  return [path, arrowHead(`${key}:head`, route.points, line, back), ...cut];
}

/** Plain data never had a gradient to lose; a cut is where one could have come from. */
function cutsGradient(model: Model, edge: ModelEdge): boolean {
  return edge.cutReason !== null && model.nodes[edge.source]?.requiresGrad === true;
}

/** The gradient that last came back along the edge, signed. */
export function contributionShapes({ id, label }: Route, moment: Moment): Shape[] {
  const gradient = moment.edgeGradOf(id);
  if (gradient === null) return [];
  return badge(`edge:${id}:gradient`, label, markedText(gradient), gradientToken(gradient));
}

/** What travels at this step: the stretch that it has lit, its light, and its number. */
export function flowShapes(model: Model, layout: Layout, moment: Moment): Shape[] {
  const { step, travelled } = moment;
  if (step === null || travelled <= 0 || travelled >= 0.98) return [];
  return step.flows.flatMap((flow) => {
    const edge = model.edges[flow.edge];
    const route = layout.edges.get(flow.edge);
    if (edge === undefined || route === undefined) return [];
    const value = flow.value === null ? null : (model.values[flow.value] ?? null);
    return step.phase === 'backward'
      ? gradientFlow(route, 1 - travelled, value, numberOffset(model, layout, edge))
      : valueFlow(route, travelled, value, numberOffset(model, layout, edge));
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
  const beside = { x: at.x + offset.x, y: at.y + offset.y };
  return [
    { type: 'path', key: `${key}:trail`, points: lit, stroke: tone, width, opacity },
    { type: 'pulse', key, ...at, r: 5, fill: tone },
    ...(number === null ? [] : badge(`${key}:number`, beside, number, tone, 0.35)),
  ];
}

const ABOVE: Point = { x: 0, y: -20 };

/** A travelling number is above its light; on edges between the same two nodes, to either side. */
function numberOffset(model: Model, layout: Layout, edge: ModelEdge): Point {
  const siblings = siblingsOf(model, edge);
  if (siblings.length < 2) return ABOVE;
  const side = siblings.indexOf(edge.id) - (siblings.length - 1) / 2;
  return layout.direction === 'down' ? { x: 2 * side * 36, y: 0 } : { x: 0, y: 2 * side * 20 };
}

function lineOf(edge: ModelEdge, moment: Moment): Line {
  const gradient = moment.edgeGradOf(edge.id);
  if (gradient !== null)
    return { tone: gradientToken(gradient), width: gradientWidth(gradient), opacity: 0.85 };
  return moment.valueOf(edge.target) === null ? UNLIT : LIT;
}

function siblingsOf(model: Model, edge: ModelEdge): number[] {
  const incoming = model.nodes[edge.target]?.incoming ?? [];
  return incoming.filter((id) => model.edges[id]?.source === edge.source);
}
