/** Groups at the playhead: closed, a face that tells what is in it and how far it is; open, a quiet box around it. */
import type { PlacedBox, PlacedNode } from '../layout/types';
import type { Point } from '../layout/curves';
import { progressOf } from '../model';
import type { Box, Group, GroupItem } from '../model/folding';
import type { Phase } from '../model/types';
import { MOST_NUMBER, inset } from './face';
import { groupFace, groupInset, headerWords, type GroupFace } from './group-face';
import { fitting, gradientToken, markedText } from './ink';
import { TEXT_SCALE } from './marks';
import type { Moment } from './moment';
import { noteShapes } from './notes';
import { sizes } from './type';
import type { RectShape, SceneInput, Shape, TextShape, Token } from './types';

interface Figure {
  readonly item: GroupItem;
  readonly face: GroupFace;
  readonly key: string;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export function faceShapes(input: SceneInput, item: GroupItem, box: PlacedNode, moment: Moment): Shape[] {
  const figure: Figure = {
    item,
    face: groupFace(input.model, item),
    key: `group:${item.id}`,
    left: box.x - box.width / 2,
    top: box.y - box.height / 2,
    width: box.width,
    height: box.height,
  };
  return [
    ...stack(figure),
    ...light(input, figure, moment),
    body(input, figure, moment),
    ...sign(figure),
    ...words(figure, moment),
    ...progress(input, figure, moment),
    ...noteShapes(figure.key, { x: figure.left - 8, y: figure.top - 2.5 }, moment, (node) =>
      shows(input, figure, node),
    ),
  ];
}

/** What shows that there is more behind the face. */
function stack({ key, left, top, width, height }: Figure): Shape[] {
  return [2, 1].map((depth) => ({
    type: 'rect',
    key: `${key}:behind${depth}`,
    x: left + 5 * depth,
    y: top + height - 20 + 4 * depth,
    w: width - 10 * depth,
    h: 20,
    radius: 10,
    fill: 'surface-sunk',
    stroke: 'line',
    minScale: 0.2,
  }));
}

function shows(input: SceneInput, { item }: Figure, node: number | null | undefined): boolean {
  return node != null && input.fold.visibleOf(node) === item.id;
}

const TONES: Readonly<Record<Phase, Token | null>> = {
  forward: 'forward',
  backward: 'backward',
  update: 'update',
  other: null,
};

/** While anything in the group runs. */
function light(input: SceneInput, figure: Figure, moment: Moment): Shape[] {
  const tone = moment.step && TONES[moment.step.phase];
  if (tone === null || !shows(input, figure, moment.step?.node)) return [];
  const opacity = input.theme === 'dark' ? 0.055 : 0.04;
  return [18, 15, 12, 10, 8, 6, 4, 2].map((spread) => ({
    type: 'rect',
    key: `${figure.key}:glow${spread}`,
    ...outline(figure, spread),
    fill: tone,
    opacity,
  }));
}

function outline(
  { left, top, width, height }: Figure,
  spread: number,
): Pick<RectShape, 'x' | 'y' | 'w' | 'h' | 'radius'> {
  return {
    x: left - spread,
    y: top - spread,
    w: width + 2 * spread,
    h: height + 2 * spread,
    radius: 12 + spread,
  };
}

function body(input: SceneInput, figure: Figure, moment: Moment): Shape {
  const { group } = figure.item;
  const { hovered, selection } = input;
  const inside = selection?.kind === 'node' && shows(input, figure, selection.id);
  const selected = inside || (selection?.kind === 'group' && selection.id === group.id);
  const culprit = [...moment.culprits].some((node) => shows(input, figure, node));
  const lit = hovered?.kind === 'group' && hovered.id === group.id;
  const known = progressOf(input.model, group, moment.shown).share > 0;
  return {
    type: 'rect',
    key: figure.key,
    ...outline(figure, 0),
    fill: culprit ? 'problem-soft' : group.kind === 'backward' ? 'layer' : 'surface',
    stroke: culprit ? 'problem' : selected ? 'focus' : lit ? 'ink' : known ? 'line-strong' : 'line',
    width: culprit || selected ? 2 : 1,
  };
}

/** A plus: there is something to open. */
function sign({ key, left, top, height }: Figure): Shape[] {
  const at = { x: left + inset.pad + groupInset.sign / 2, y: top + height / 2 };
  return [
    { type: 'ellipse', key: `${key}:sign`, ...at, rx: 14, ry: 14, fill: 'surface-sunk', minScale: 0.22 },
    ...bars(`${key}:plus`, at, 5, true),
  ];
}

function bars(key: string, { x, y }: Point, reach: number, plus: boolean): Shape[] {
  const bar = (name: string, points: number[]): Shape => ({
    type: 'polyline',
    key: `${key}:${name}`,
    points,
    stroke: 'ink-soft',
    width: 1.6,
    minScale: 0.22,
  });
  const across = bar('across', [x - reach, y, x + reach, y]);
  return plus ? [across, bar('down', [x, y - reach, x, y + reach])] : [across];
}

function words(figure: Figure, moment: Moment): Shape[] {
  const { face, item, key, left, top } = figure;
  const x = left + inset.pad + groupInset.sign + inset.gap;
  const y = top + inset.pad + 7;
  const known = item.outputs.some(({ id }) => moment.valueOf(id) !== null);
  const value = item.output === null ? null : moment.valueOf(item.output.id);
  const out = face.shape ?? (value === null ? '' : fitting(value, MOST_NUMBER));
  const count = out === '' ? face.count : `${face.count} · ${out}`;
  const style = { ...QUIET, family: 'mono', fill: known ? 'ink-soft' : 'ink-faint' } as const;
  return [
    word(`${key}:name`, { x, y }, face.title, TITLE),
    ...(face.type === ''
      ? []
      : [word(`${key}:type`, { x: x + face.titleWidth + inset.gap, y }, face.type, QUIET)]),
    word(`${key}:count`, { x, y: y + groupInset.row }, count, style),
    ...gradient(figure, { x, y: y + 2 * groupInset.row }, moment),
  ];
}

function gradient({ item, face, key }: Figure, at: Point, moment: Moment): Shape[] {
  const grad = item.output === null ? null : moment.gradOf(item.output.id);
  if (grad === null || !face.gradient) return [];
  const text = grad.scalar === null ? markedText(grad) : fitting(grad, MOST_NUMBER);
  return [word(`${key}:grad`, at, `∂ ${text}`, { ...QUIET, family: 'mono', fill: gradientToken(grad) })];
}

type Style = Pick<TextShape, 'size' | 'family' | 'weight' | 'fill' | 'minScale'>;

const TITLE: Style = { size: sizes.name, family: 'mono', weight: 600, fill: 'ink', minScale: 0.22 };
const QUIET: Style = {
  size: sizes.small,
  family: 'text',
  weight: 500,
  fill: 'ink-faint',
  minScale: TEXT_SCALE,
};

function word(key: string, at: Point, text: string, style: Style): TextShape {
  return { type: 'text', key, ...at, text, anchor: 'start', ...style };
}

/** How much of what is in the group has had its turn. */
function progress({ model }: SceneInput, figure: Figure, moment: Moment): Shape[] {
  const { item, key, left, top, width, height } = figure;
  const { phase, share } = progressOf(model, item.group, moment.shown);
  const line = { x: left + inset.pad + 2, y: top + height - 8, h: 3, radius: 1.5 };
  const whole = width - 2 * inset.pad - 4;
  const ground: Shape = {
    type: 'rect',
    key: `${key}:progress`,
    ...line,
    w: whole,
    fill: 'line',
    opacity: 0.6,
  };
  if (share === 0) return [ground];
  return [ground, { type: 'rect', key: `${key}:done`, ...line, w: whole * share, fill: phase }];
}

/** An open group: a quiet box around it. */
export function boxShapes({ hovered, selection }: SceneInput, { group }: Box, box: PlacedBox): Shape[] {
  const lit = hovered?.kind === 'group' && hovered.id === group.id;
  const selected = selection?.kind === 'group' && selection.id === group.id;
  return [
    {
      type: 'rect',
      key: `box:${box.id}`,
      x: box.x - box.width / 2,
      y: box.y - box.height / 2,
      w: box.width,
      h: box.height,
      radius: 14,
      fill: groundOf(group),
      stroke: selected ? 'focus' : lit || group.kind === 'backward' ? 'line-strong' : 'line',
      width: selected ? 2 : 1,
    },
  ];
}

/**
 * What heads it at the top left: a minus that closes it, its name, class and size. Edges go under its words and the
 * minus, which an edge would make a plus; close beside the last letter they are whole.
 */
export function headerShapes({ hovered }: SceneInput, { group }: Box, box: PlacedBox): Shape[] {
  const key = `box:${box.id}`;
  const [left, top] = [box.x - box.width / 2, box.y - box.height / 2];
  const lit = hovered?.kind === 'group' && hovered.id === group.id;
  const y = top + box.header.height / 2 + 2;
  let x = left + inset.pad + groupInset.minus;
  const words = headerWords(group).map(({ name, text, width }) => {
    const style: Style = name === 'name' ? TITLE : QUIET;
    const shape = word(`${key}:${name}`, { x, y }, text, lit ? { ...style, fill: 'ink' } : style);
    x += width + inset.gap;
    return { ...shape, halo: groundOf(group) };
  });
  const last = words.at(-1);
  const end = last === undefined ? x - inset.gap : last.x + last.text.length * last.size * NARROW;
  const ground: Shape = {
    type: 'rect',
    key: `${key}:ground`,
    x: left + inset.pad,
    y: y - GROUND / 2,
    w: end - left - inset.pad,
    h: GROUND,
    radius: 4,
    fill: groundOf(group),
    minScale: 0.22,
  };
  return [ground, ...bars(`${key}:minus`, { x: left + inset.pad + 8, y }, 4, false), ...words];
}

/** As high as a line of its words. */
const GROUND = 18;
/** No wider than this, in its size, is a letter on average: the ground ends within the last word. */
const NARROW = 0.45;

function groundOf({ kind }: Group): Token {
  return kind === 'backward' ? 'layer' : 'paper';
}
