/** Where gradients add up: contributions that meet at a node, and one that drops into a leaf's `.grad`. */
import type { Layout, PlacedNode, Rect, Size } from '../layout/types';
import type { Point } from '../layout/curves';
import { addsUp, formatNumber } from '../model';
import type { Model, ModelValue, Step } from '../model/types';
import { grownAround } from './extent';
import { gradientToken, markedText } from './ink';
import { badge, GRADIENT_TONES, heatmap, largestOf } from './marks';
import type { Moment } from './moment';
import { sizes } from './type';
import type { RectShape, Shape } from './types';

/** Terms that make up a total, of one shape, each element within rounding. */
interface Addition {
  readonly terms: readonly ModelValue[];
  readonly total: ModelValue;
}

const MOST_TERMS = 4;
const MIN_SCALE = 0.35;

/** "2 + 0.5 = 2.5", or heatmaps that add up, beside the node of the step in progress, where there is something to add. */
export function sumShapes(model: Model, layout: Layout, moment: Moment): Shape[] {
  const step = toldOf(model, moment.step);
  const box = step?.node == null ? undefined : layout.nodes.get(step.node);
  if (step === null || box === undefined) return [];
  const addition = additionAt(model, step);
  if (addition === null || !addsUp(addition.terms, addition.total)) return [];
  const above = isAbove(model, layout, step);
  return isGrid(addition)
    ? gridSum(box, addition, above)
    : badge(
        `sum:${box.id}`,
        beside(box, 18, above),
        textOf(addition),
        gradientToken(addition.total),
        MIN_SCALE,
      );
}

/** The layout's bounds, and around them all heatmaps that add up at any step: they stand beside the outermost nodes, too. */
export function aroundSums(model: Model, layout: Layout): Rect {
  const slips = new Map<number, Shape>();
  for (const step of model.steps) {
    const box = layout.nodes.get(step.node ?? -1);
    if (!box || slips.has(box.id)) continue;
    const addition = additionAt(model, step);
    if (addition && isGrid(addition)) slips.set(box.id, slipOf(box, addition, isAbove(model, layout, step)));
  }
  return grownAround(layout.bounds, [...slips.values()]);
}

function isGrid({ terms, total }: Addition): boolean {
  return total.scalar === null && terms.length <= MOST_TERMS;
}

/** Below a leaf stand the numbers that are added, and nothing above it. */
function isAbove(model: Model, { direction }: Layout, { node }: Step): boolean {
  return direction === 'right' || model.nodes[node ?? -1]?.kind === 'leaf';
}

/** Of two terms at least. */
function additionAt(model: Model, step: Step): Addition | null {
  const addition = accumulated(model, step) ?? meeting(model, step);
  return addition && addition.terms.length > 1 ? addition : null;
}

/** While the program only prints, what it prints of can still be read. */
function toldOf({ steps }: Model, step: Step | null): Step | null {
  let told = step;
  while (told?.kind === 'print') told = steps[told.index - 1] ?? null;
  return told;
}

function accumulated(model: Model, { kind, change }: Step): Addition | null {
  if (kind !== 'accumulate') return null;
  const [before, added, total] = [change?.before, change?.added, change?.after].map((id) =>
    id == null ? undefined : model.values[id],
  );
  if (before === undefined || added === undefined || total === undefined) return null;
  return { terms: [before, added], total };
}

/**
 * The contributions that came to the node in this pass, and what they made together; also while that becomes the
 * `.grad` of a leaf that had none.
 */
function meeting(model: Model, step: Step): Addition | null {
  const made = step.kind === 'backward' ? step.received : step.kind === 'accumulate' && step.change?.added;
  const total = model.values[typeof made === 'number' ? made : -1];
  if (total === undefined || step.node === null) return null;
  return { terms: model.contributionsAt(step.node, step.index), total };
}

/** "2 + 0.5 = 2.5"; of many how many they are, and what they make: "7 Σ +2.5". */
function textOf({ terms, total }: Addition): string {
  if (terms.length > MOST_TERMS) return `${String(terms.length)} Σ ${markedText(total)}`;
  const left = terms.map(({ scalar }, i) => (i === 0 ? formatNumber(scalar) : added(scalar ?? NaN)));
  return `${left.join(' ')} = ${formatNumber(total.scalar)}`;
}

function added(term: number): string {
  return term < 0 ? `− ${formatNumber(-term)}` : `+ ${formatNumber(term)}`;
}

const PAD = 8;
const SIGN_ROOM = 18;
const MOST_SIDE = 10;
const GRID_ROOM = 64;

function gridOf({ cells }: ModelValue): Size {
  const { rows, columns } = cells ?? { rows: 1, columns: 1 };
  const side = Math.min(MOST_SIDE, GRID_ROOM / columns, GRID_ROOM / rows);
  return { width: columns * side, height: Math.max(rows * side, 3) };
}

function slipOf(box: PlacedNode, { terms, total }: Addition, above: boolean): RectShape {
  const { width, height } = gridOf(total);
  const h = height + 2 * PAD;
  const w = (terms.length + 1) * width + terms.length * SIGN_ROOM + 2 * PAD;
  const { x, y } = beside(box, h, above);
  const place = { x: x - w / 2, y: y - h / 2, w, h, radius: 8 };
  const ink = { fill: 'surface', stroke: gradientToken(total), minScale: MIN_SCALE } as const;
  return { type: 'rect', key: `sum:${box.id}`, ...place, ...ink };
}

/** The terms' heatmaps with signs between them and the total's, on one scale, on a slip of paper. */
function gridSum(box: PlacedNode, addition: Addition, above: boolean): Shape[] {
  const { terms, total } = addition;
  const slip = slipOf(box, addition, above);
  const { key } = slip;
  const grid = gridOf(total);
  const grids = [...terms, total];
  const y = slip.y + slip.h / 2;
  const largest = Math.max(...grids.map(largestOf));
  const at = (i: number): number => slip.x + PAD + i * (grid.width + SIGN_ROOM);
  const room = (i: number): Rect => ({ ...grid, x: at(i), y: y - grid.height / 2 });
  return [
    slip,
    ...grids.flatMap((value, i) => heatmap(`${key}:grid${i}`, room(i), value, GRADIENT_TONES, largest) ?? []),
    ...terms.map((_, i) =>
      sign(`${key}:sign${i}`, { x: at(i + 1) - SIGN_ROOM / 2, y }, i + 1 === terms.length),
    ),
  ];
}

function sign(key: string, at: Point, last: boolean): Shape {
  const text = last ? '=' : '+';
  const style = {
    size: sizes.name,
    family: 'mono',
    weight: 500,
    anchor: 'middle',
    fill: 'ink-soft',
  } as const;
  return { type: 'text', key, ...at, text, ...style, minScale: MIN_SCALE };
}

const GAP = 6;

/** The middle of something `height` high that stands just above or below a node. */
function beside(box: PlacedNode, height: number, above: boolean): Point {
  const away = (box.height + height) / 2 + GAP;
  return { x: box.x, y: above ? box.y - away : box.y + away };
}
