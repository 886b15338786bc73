/**
 * The timeline as a picture: a lane for each kind of event, iterations and passes marked off, the loss above.
 * In: a model and a size in CSS pixels. Out: shapes, of which there are no more than pixels, however many steps there
 * are; and where the lanes lie. The playhead is no part of it, so it is drawn once for a Document.
 */
import { xOf, type Axis, type Band } from './axis';
import { curveShapes } from './curve';
import { markShapes } from './divisions';
import type { Model, Step } from '../model/types';
import type { Size } from '../layout/types';
import type { RectShape, Shape, Token } from './types';

const MARKS_HEIGHT = 14;
/** On lower ones, as on a phone's side, nothing is written. */
const WRITTEN = 48;
const CURVE_SHARE = 0.46;
const CURVE_GAP = 4;
/** Lower lanes would have names that touch: the curve gives way to them, down to what has room for its scale. */
const LEAST_LANE = 12;
const LEAST_CURVE = 22;

export type LaneName = 'forward' | 'backward' | 'update' | 'print' | 'error';

export interface Lanes {
  readonly bands: readonly (Band & { readonly name: LaneName })[];
  /** Where the loss is drawn; null where there is none. */
  readonly curve: Band | null;
}

function laneOf({ kind, phase }: Step): LaneName {
  if (phase !== 'other') return phase;
  return kind === 'error' ? 'error' : 'print';
}

const ORDER: readonly LaneName[] = ['forward', 'backward', 'update', 'print', 'error'];
const TOKENS: Readonly<Record<LaneName, Token>> = {
  forward: 'forward',
  backward: 'backward',
  update: 'update',
  print: 'ink-faint',
  error: 'problem',
};

export function buildLanes(model: Model, size: Size): Shape[] {
  const { bands, curve } = laneBands(model, size.height);
  const axis = { count: model.steps.length, width: size.width };
  return [
    ...markShapes(model, axis, { y: 0, h: marksOn(size.height) }, size.height),
    ...(curve ? curveShapes(model, axis, curve) : []),
    ...bands.flatMap((band) => laneShapes(model, axis, band)),
  ];
}

/** The lanes are those that something happens in; `forward` and `backward` are always there, to be seen empty. */
export function laneBands(model: Model, height: number): Lanes {
  const used = new Set<LaneName>(['forward', 'backward', ...model.steps.map(laneOf)]);
  const names = ORDER.filter((name) => used.has(name));
  const curve = curveBand(model, height, names.length);
  const top = curve ? curve.y + curve.h + CURVE_GAP : marksOn(height);
  const h = (height - top) / names.length;
  return { bands: names.map((name, i) => ({ name, y: top + i * h, h })), curve };
}

function marksOn(height: number): number {
  return height < WRITTEN ? 0 : MARKS_HEIGHT;
}

function curveBand({ losses }: Model, height: number, lanes: number): Band | null {
  if (losses.length === 0) return null;
  const y = marksOn(height);
  const below = height - y;
  const left = Math.max(below - CURVE_GAP - lanes * LEAST_LANE, LEAST_CURVE);
  return { y, h: Math.min(below * CURVE_SHARE, left) };
}

/** Steps as wide as this are drawn apart. */
const APART = 6;
const LEAST_WIDTH = 1.5;

interface Stretch {
  from: number;
  to: number;
}

function laneShapes({ steps }: Model, axis: Axis, band: Lanes['bands'][number]): RectShape[] {
  const apart = xOf(axis, 1) - xOf(axis, 0) >= APART;
  const stretches: Stretch[] = [];
  for (const step of steps) {
    if (laneOf(step) !== band.name) continue;
    const { index } = step;
    const [from, to] = [xOf(axis, index), xOf(axis, index + 1) - (apart ? 1.5 : 0)];
    const last = stretches.at(-1);
    if (last !== undefined && from - last.to < 1) last.to = to;
    else stretches.push({ from, to });
  }
  const h = Math.max(2, band.h - 2);
  return stretches.map(({ from, to }) => ({
    type: 'rect',
    key: `${band.name}:${from}`,
    x: from,
    y: band.y + (band.h - h) / 2,
    w: Math.max(LEAST_WIDTH, to - from),
    h,
    radius: apart ? 2 : 0,
    fill: TOKENS[band.name],
  }));
}
