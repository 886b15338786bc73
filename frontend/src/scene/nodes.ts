/** A node at the playhead: its body by kind, its symbol and name, its value, its gradient, its light. */
import type { PlacedNode } from '../layout/types';
import type { NodeItem } from '../model/folding';
import type { ModelNode } from '../model/types';
import type { Point } from '../layout/curves';
import { faceOf, tabOf, inset, MOST_NUMBER, signOf, type Face } from './face';
import { fitting, gradientToken, valueToken } from './ink';
import { emptyGrid, GRADIENT_TONES, heatmap, TEXT_SCALE, VALUE_TONES, type Tones } from './marks';
import type { Moment } from './moment';
import { beginningToken, noteShapes } from './notes';
import { sizes } from './type';
import type { SceneInput, Shape, TextShape, Token } from './types';

/** A node with what is needed to draw it. */
export interface Figure {
  readonly node: ModelNode;
  /** In how many places the node is drawn. */
  readonly appearances: number;
  readonly box: PlacedNode;
  readonly face: Face;
  readonly key: string;
  readonly left: number;
  readonly top: number;
  readonly known: boolean;
}

export function figureOf(input: SceneInput, item: NodeItem, box: PlacedNode, moment: Moment): Figure {
  const { node, appearances } = item;
  return { ...bodyOf(input, item, box, moment), appearances, face: faceOf(input.model, node) };
}

/** What there is of a node from far away. */
export type Body = Pick<Figure, 'node' | 'box' | 'key' | 'left' | 'top' | 'known'> & {
  readonly face: Pick<Face, 'tab'>;
};

export function bodyOf({ model }: SceneInput, { id, node }: NodeItem, box: PlacedNode, moment: Moment): Body {
  return {
    node,
    box,
    face: { tab: tabOf(model, node) },
    key: `node:${id}`,
    left: box.x - box.width / 2,
    top: box.y - box.height / 2,
    known: moment.valueOf(node.id) !== null,
  };
}

export function nodeShapes(input: SceneInput, figure: Figure, moment: Moment): Shape[] {
  return [
    ...glow(input, figure, moment),
    ...focusRing(input, figure),
    ...(figure.face.tab > 0 ? gradTab(figure, moment) : []),
    ...bodyShapes(input, figure, moment),
    ...(figure.node.kind === 'op' ? operationText(figure, moment) : leafText(figure, moment)),
    ...gridShapes(figure, moment),
    ...(figure.appearances > 1 ? usesMark(input, figure) : []),
    ...notesOf(figure, moment),
  ];
}

/** From far away: its body, its light, and whether it is selected. */
export function farShapes(input: SceneInput, figure: Body, moment: Moment): Shape[] {
  return [...glow(input, figure, moment), ...focusRing(input, figure), ...bodyShapes(input, figure, moment)];
}

/** On the border above, clear of a title that stands over it; of a leaf, whose tab is there, below. */
function notesOf({ key, node, left, top, box }: Figure, moment: Moment): Shape[] {
  const y = node.kind === 'leaf' ? top + box.height + 5 : top - 2.5;
  return noteShapes(key, { x: left - 8, y }, moment, (id) => id === node.id);
}

/** One of several faces of the same thing: a second line around it, and how many there are, below it beside its edge. */
function usesMark({ fold, layout }: SceneInput, figure: Figure): Shape[] {
  const { key, left, top, box, appearances } = figure;
  const target = fold.edges.get(fold.outgoing(box.id)[0] ?? -1)?.target;
  const before = (layout.nodes.get(target ?? box.id)?.x ?? box.x) >= box.x;
  const at = { x: before ? left + 10 : left + box.width - 10, y: top + box.height + 10 };
  const text = label(`${key}:uses`, at, `${appearances} uses`, 'ink-faint', sizes.badge);
  return [
    { type: 'rect', key: `${key}:again`, ...outline(figure, 3), stroke: 'line-strong', width: 0.75 },
    { ...text, anchor: before ? 'start' : 'end' },
  ];
}

/** The light around the node of the step in progress: rings that fade outwards. */
function glow(input: SceneInput, figure: Body, { step }: Moment): Shape[] {
  if (step?.node !== figure.node.id || step.phase === 'other') return [];
  const tone: Token = step.phase;
  const strength = input.theme === 'dark' ? 0.055 : 0.04;
  return [18, 15, 12, 10, 8, 6, 4, 2].map((spread) => ({
    type: 'rect',
    key: `${figure.key}:glow${spread}`,
    ...outline(figure, spread),
    fill: tone,
    opacity: strength,
  }));
}

interface Outline {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  readonly radius: number;
}

/** The body's outline, grown by `spread`; a leaf's tab stands on top of it. */
function outline({ left, top, face, box, node }: Body, spread: number): Outline {
  const h = box.height - face.tab;
  const radius = node.kind === 'leaf' ? Math.min(20, h / 2) : node.kind === 'input' ? 3 : 12;
  return {
    x: left - spread,
    y: top + face.tab - spread,
    w: box.width + 2 * spread,
    h: h + 2 * spread,
    radius: radius + spread,
  };
}

function bodyShapes(input: SceneInput, figure: Body, moment: Moment): Shape[] {
  const { node, key, known } = figure;
  const hovered = input.hovered?.kind === 'node' && input.hovered.id === node.id;
  const culprit = moment.culprits.has(node.id);
  const begun = moment.beginnings.findLast((each) => each.node === node.id);
  const marked = culprit || begun !== undefined;
  const stroke: Token = culprit ? 'problem' : begun ? beginningToken(begun) : borderOf(node, known, hovered);
  const width = marked ? 2 : node.kind === 'leaf' ? 1.75 : 1;
  const fill: Token = culprit ? 'problem-soft' : node.kind === 'input' ? 'surface-sunk' : 'surface';
  return [{ type: 'rect', key, ...outline(figure, 0), fill, stroke, width }];
}

/** Around what is selected; a leaf's tab stands before it. */
function focusRing({ selection }: SceneInput, figure: Body): Shape[] {
  if (selection?.kind !== 'node' || selection.id !== figure.node.id) return [];
  return [{ type: 'rect', key: `${figure.key}:focus`, ...outline(figure, 4), stroke: 'focus', width: 2 }];
}

function borderOf(node: ModelNode, known: boolean, hovered: boolean): Token {
  if (hovered) return 'ink';
  if (!known) return 'line';
  return node.kind === 'leaf' ? 'ink' : 'line-strong';
}

/** The leaf's `.grad`, on a tab above it. */
function gradTab({ left, top, face, box, key, node }: Figure, moment: Moment): Shape[] {
  const grad = moment.gradOf(node.id);
  const tone: Token = grad === null ? 'line' : gradientToken(grad);
  const x = left + 14;
  const w = box.width - 28;
  const y = top + face.tab / 2 + 1;
  return [
    {
      type: 'rect',
      key: `${key}:tab`,
      x,
      y: top,
      w,
      h: face.tab + 10,
      radius: 7,
      fill: 'paper',
      stroke: tone,
    },
    label(`${key}:tab-name`, { x: x + 9, y }, '.grad', grad === null ? 'ink-faint' : tone, sizes.badge),
    {
      ...label(
        `${key}:grad`,
        { x: x + w - 9, y },
        grad === null ? 'None' : fitting(grad, 8),
        grad === null ? 'ink-faint' : tone,
        sizes.small,
      ),
      anchor: 'end',
    },
  ];
}

function operationText(figure: Figure, moment: Moment): Shape[] {
  const { left, top, face, box, key, node, known } = figure;
  const rows = face.grid === null ? box.height : inset.nameRow + inset.valueRow + 2 * inset.pad - 4;
  const x = left + inset.pad + face.disc + inset.gap;
  const y = top + inset.pad - 2 + inset.nameRow / 2;
  const tone: Token = known && node.name !== null ? 'ink' : 'ink-faint';
  return [
    ...symbolDisc(figure, top + rows / 2, moment),
    label(`${key}:name`, { x, y }, face.title, tone, sizes.name),
    ...(known ? [valueText(figure, { x, y: y + 18 }, moment)] : []),
    ...(face.grid === null ? gradientText(figure, { x, y: y + 36 }, moment) : []),
  ];
}

function gradientText({ key, node }: Figure, at: Point, moment: Moment): TextShape[] {
  const grad = moment.gradOf(node.id);
  if (grad === null) return [];
  return [label(`${key}:grad`, at, `∂ ${fitting(grad, MOST_NUMBER)}`, gradientToken(grad), sizes.small + 1)];
}

function symbolDisc({ left, face, key, node, known }: Figure, y: number, moment: Moment): Shape[] {
  const active = moment.step?.node === node.id;
  const fill: Token = !active
    ? 'surface-sunk'
    : moment.step?.phase === 'backward'
      ? 'backward-soft'
      : 'forward-soft';
  const x = left + inset.pad;
  const sign = signOf(node);
  return [
    { type: 'rect', key: `${key}:disc`, x, y: y - 18, w: face.disc, h: 36, radius: 18, fill },
    {
      ...label(
        `${key}:symbol`,
        { x: x + face.disc / 2, y },
        sign.text,
        known ? 'ink' : 'ink-faint',
        sign.size,
      ),
      anchor: 'middle',
      minScale: 0.22,
    },
  ];
}

function leafText(figure: Figure, moment: Moment): Shape[] {
  const { left, top, face, box, key, node, known } = figure;
  const y = top + face.tab + 20;
  const name = label(
    `${key}:name`,
    { x: left + 18, y },
    face.title,
    known ? 'ink' : 'ink-faint',
    sizes.name + 1,
  );
  const shown: Shape[] = [{ ...name, weight: node.kind === 'leaf' ? 600 : 500, minScale: 0.22 }];
  if (known) shown.push({ ...valueText(figure, { x: left + box.width - 18, y }, moment), anchor: 'end' });
  return shown;
}

function valueText({ key, node, face }: Figure, at: Point, moment: Moment): TextShape {
  const value = moment.valueOf(node.id);
  const tone: Token = value === null || face.grid !== null ? 'ink-soft' : valueToken(value);
  const size = face.grid === null ? sizes.value : sizes.small;
  return label(`${key}:value`, at, value === null ? '' : fitting(value, MOST_NUMBER), tone, size);
}

/** The value's heatmap and, right of it or below, the gradient's. */
function gridShapes(figure: Figure, moment: Moment): Shape[] {
  const { face, key, node } = figure;
  if (face.grid === null) return [];
  const value = grid(figure, 0, `${key}:cells`, moment.valueOf(node.id), VALUE_TONES);
  if (!face.gradient) return [value];
  return [value, grid(figure, 1, `${key}:grad-cells`, moment.gradOf(node.id), GRADIENT_TONES)];
}

function grid(
  figure: Figure,
  index: 0 | 1,
  key: string,
  value: ReturnType<Moment['valueOf']>,
  tones: Tones,
): Shape {
  const { face, left, top, box } = figure;
  const { width, height } = face.grid ?? { width: 0, height: 0 };
  const count = face.gradient ? 2 : 1;
  const across = face.stacked ? width : count * width + (count - 1) * inset.gap;
  const down = face.stacked ? count * height + (count - 1) * 6 : height;
  const x = left + (box.width - across) / 2 + (face.stacked ? 0 : index * (width + inset.gap));
  const y = top + box.height - inset.pad - 2 - down + (face.stacked ? index * (height + 6) : 0);
  const drawn = value === null ? null : heatmap(key, { x, y, width, height }, value, tones);
  return drawn ?? emptyGrid(key, { x, y }, { width, height });
}

function label(key: string, at: Point, text: string, fill: Token, size: number): TextShape {
  const { x, y } = at;
  return {
    type: 'text',
    key,
    x,
    y,
    text,
    size,
    family: 'mono',
    weight: 500,
    anchor: 'start',
    fill,
    minScale: TEXT_SCALE,
  };
}
