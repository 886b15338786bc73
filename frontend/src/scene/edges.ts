/** An edge at the playhead: thin until its value travelled, cool then, warm and as thick as its gradient after. */
import type { Label, Layout, Route } from '../layout/types';
import type { Fold, FoldEdge } from '../model/folding';
import type { Model, ModelEdge, ModelValue } from '../model/types';
import { pointAt, stretch, type Point } from '../layout/curves';
import { together } from '../model';
import { gradientToken, gradientWidth, jointText, markedText, passingText, severalText } from './ink';
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
/** Its number is one of those that add up, and to be read. */
const PAST_NUMBER = 0.8;

/** The edge itself, its arrow head (back at the source once a gradient came back), and the mark where it is cut. */
export function edgeShapes(input: SceneInput, edge: FoldEdge, route: Route, moment: Moment): Shape[] {
  const { model } = input;
  const key = `edge:${edge.id}`;
  const edges = edgesOf(model, edge);
  const line = lineOf(edge, edges, moment);
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
  const back = moment.jointOf(edge.edges) !== null;
  return [path, arrowHead(`${key}:head`, route.points, line, back), ...cut];
}

function edgesOf(model: Model, { edges }: FoldEdge): ModelEdge[] {
  return edges.flatMap((id) => model.edges[id] ?? []);
}

/** Plain data never had a gradient to lose; a cut is where one could have come from. */
function cutsGradient(model: Model, edge: ModelEdge): boolean {
  return edge.cutReason !== null && model.nodes[edge.source]?.requiresGrad === true;
}

/** The gradient that last came back along the edge, signed; of several their sum or norm, with their number. */
export function contributionShapes(input: SceneInput, edge: FoldEdge, route: Route, moment: Moment): Shape[] {
  if (!shows(input, BADGE_SCALE)) return [];
  const { label } = route;
  const joint = moment.jointOf(edge.edges);
  if (joint === null || label === null) return [];
  const text = jointText(joint, (each) => badgeWidth(each) <= label.width);
  if (text === null) return [];
  const at = closest(label, text);
  const shapes = badge(`edge:${edge.id}:gradient`, at, text, gradientToken(joint.strength));
  if (!joint.past) return shapes;
  return [
    groundOf(`edge:${edge.id}:ground`, at, text),
    ...shapes.map((shape) => ({ ...shape, opacity: PAST_NUMBER })),
  ];
}

/** What a number may move up or down by in its room. */
const BETWEEN = 9;

/** In its room, as near to its edge as may be. */
function closest({ x, y, width, aside }: Label, text: string): Point {
  const held = (wish: number, most: number): number => Math.max(-most, Math.min(most, wish));
  return { x: x - held(aside.x, (width - badgeWidth(text)) / 2), y: y - held(aside.y, BETWEEN) };
}

/** What keeps the edge from running through a number that steps back. */
function groundOf(key: string, { x, y }: Point, text: string): Shape {
  const [w, h] = [badgeWidth(text), BADGE_HEIGHT];
  const box = { x: x - w / 2, y: y - h / 2, w, h, radius: h / 2 };
  return { type: 'rect', key, ...box, fill: 'surface', minScale: BADGE_SCALE };
}

/**
 * What travels at this step: the stretch that it has lit, its light, and, over all lights, its number; along one edge,
 * once.
 */
export function flowShapes({ model, fold, layout }: SceneInput, moment: Moment): Shape[] {
  const { step, travelled } = moment;
  if (step === null || travelled <= 0 || travelled >= 0.98) return [];
  const going = new Map<number, ModelValue[]>();
  for (const { edge, value } of step.flows) {
    const drawn = fold.edgeOf(edge);
    const gone = drawn === null ? [] : (going.get(drawn) ?? []);
    const found = model.values[value ?? -1];
    if (drawn !== null) going.set(drawn, found ? [...gone, found] : gone);
  }
  const flows = Array.from(going).map(([id, values]): Flow => {
    const [edge, route] = [fold.edges.get(id), layout.edges.get(id)];
    if (edge === undefined || route === undefined) return { light: [], number: [] };
    const offset = numberOffset(fold, layout, edge);
    return step.phase === 'backward'
      ? gradientFlow(route, 1 - travelled, values, offset)
      : valueFlow(route, travelled, values, offset);
  });
  return [...flows.flatMap(({ light }) => light), ...flows.flatMap(({ number }) => number)];
}

interface Flow {
  readonly light: readonly Shape[];
  readonly number: readonly Shape[];
}

function valueFlow(route: Route, share: number, values: readonly ModelValue[], offset: Point): Flow {
  const trail: Line = { tone: 'forward', width: 2.5, opacity: 0.9 };
  const number = values.length > 0 ? passingText(values) : null;
  return travelling(route, trail, {
    lit: stretch(route.points, 0, share),
    at: pointAt(route.points, share),
    offset,
    number,
  });
}

function gradientFlow(route: Route, share: number, values: readonly ModelValue[], offset: Point): Flow {
  const [value] = values;
  const strength = value && (values.length > 1 ? together(values) : value);
  const tone = strength ? gradientToken(strength) : 'backward';
  const trail: Line = { tone, width: strength ? gradientWidth(strength) : 2.5, opacity: 0.9 };
  const number = value ? (values.length > 1 ? severalText(values, () => true) : markedText(value)) : null;
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
): Flow {
  const key = `flow:${route.id}`;
  const aside = badgeWidth(number ?? '') / 2 + LIGHT;
  const beside = { x: at.x + offset.x * aside, y: at.y + offset.y * 20 };
  return {
    light: [
      { type: 'path', key: `${key}:trail`, points: lit, stroke: tone, width, opacity },
      { type: 'pulse', key, ...at, r: 5, fill: tone },
    ],
    number: number === null ? [] : badge(`${key}:number`, beside, number, tone, 0.35),
  };
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

function lineOf(edge: FoldEdge, edges: readonly ModelEdge[], moment: Moment): Line {
  const joint = moment.jointOf(edge.edges);
  if (joint !== null) {
    const { strength, past } = joint;
    return { tone: gradientToken(strength), width: gradientWidth(strength), opacity: past ? PAST : 0.85 };
  }
  return edges.some(({ target }) => moment.valueOf(target) !== null) ? LIT : UNLIT;
}
