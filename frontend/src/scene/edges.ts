/** An edge at the playhead: thin until its value travelled, cool then, warm and as thick as its gradient after. */
import type { Route } from '../layout/types';
import type { Model, ModelEdge, ModelValue } from '../model/types';
import { pointAt, stretch } from './curves';
import { gradientToken, gradientWidth, markedText } from './ink';
import { arrowHead, badge, cutMark } from './marks';
import type { Moment } from './moment';
import type { Shape, Token } from './types';

interface Line {
  readonly tone: Token;
  readonly width: number;
  readonly opacity: number;
}

const UNLIT: Line = { tone: 'line', width: 1.25, opacity: 1 };
const LIT: Line = { tone: 'forward', width: 1.5, opacity: 0.6 };
const CUT: Line = { tone: 'line-strong', width: 1.25, opacity: 1 };
const DASH = [5, 5];

/** The edge itself, its arrow head, and the mark where it is cut. */
export function edgeShapes(edge: ModelEdge, route: Route, moment: Moment, strength: number): Shape[] {
  const key = `edge:${edge.id}`;
  const line = lineOf(edge, moment);
  const opacity = line.opacity * strength;
  const path: Shape = {
    type: 'path',
    key,
    points: route.points,
    stroke: line.tone,
    width: line.width,
    opacity,
    ...(edge.differentiable ? {} : { dash: DASH }),
  };
  const cut =
    edge.cutReason !== null && edge.cut !== null ? cutMark(`${key}:cut`, route.points, edge.cutReason) : [];
  return [path, arrowHead(`${key}:head`, route.points, line.tone, opacity), ...cut];
}

/** The gradient that last came back along the edge, signed. */
export function contributionShapes(model: Model, edge: ModelEdge, route: Route, moment: Moment): Shape[] {
  const gradient = moment.edgeGradOf(edge.id);
  if (gradient === null) return [];
  const at = pointAt(route.points, labelPlace(model, edge));
  return badge(`edge:${edge.id}:gradient`, at, markedText(gradient), gradientToken(gradient));
}

/** What travels at this step: the stretch that it has lit, its light, and its number. */
export function flowShapes(model: Model, moment: Moment, routes: ReadonlyMap<number, Route>): Shape[] {
  const { step, travelled } = moment;
  if (step === null || travelled <= 0 || travelled >= 0.98) return [];
  const back = step.phase === 'backward';
  return step.flows.flatMap((flow) => {
    const route = routes.get(flow.edge);
    const value = flow.value === null ? undefined : model.values[flow.value];
    return route === undefined ? [] : travelling(`flow:${flow.edge}`, route, travelled, back, value);
  });
}

function travelling(key: string, route: Route, share: number, back: boolean, value?: ModelValue): Shape[] {
  const at = pointAt(route.points, back ? 1 - share : share);
  const tone: Token = value === undefined || !back ? 'forward' : gradientToken(value);
  const lit = back ? stretch(route.points, 1 - share, 1) : stretch(route.points, 0, share);
  const width = back && value !== undefined ? gradientWidth(value) : 2.5;
  const text = value === undefined ? null : back ? markedText(value) : value.text;
  return [
    { type: 'path', key: `${key}:trail`, points: lit, stroke: tone, width, opacity: 0.9 },
    { type: 'pulse', key, ...at, r: 5, fill: tone },
    ...(text === null ? [] : badge(`${key}:number`, { x: at.x, y: at.y - 19 }, text, tone, 0.35)),
  ];
}

function lineOf(edge: ModelEdge, moment: Moment): Line {
  const gradient = moment.edgeGradOf(edge.id);
  if (gradient !== null)
    return { tone: gradientToken(gradient), width: gradientWidth(gradient), opacity: 0.85 };
  if (!edge.differentiable) return CUT;
  return moment.valueOf(edge.target) === null ? UNLIT : LIT;
}

/** Halfway, but apart on edges between the same two nodes. */
function labelPlace(model: Model, edge: ModelEdge): number {
  const siblings = (model.nodes[edge.target]?.incoming ?? []).filter(
    (id) => model.edges[id]?.source === edge.source,
  );
  if (siblings.length < 2) return 0.5;
  return 0.26 + (0.48 * siblings.indexOf(edge.id)) / (siblings.length - 1);
}
