/** What stands on a closed group and in an open one's header, and so how large they are: by structure alone. */
import type { LayoutGraph, Size } from '../layout/types';
import { counted, sizeText } from '../model';
import type { Fold, Group, GroupItem } from '../model/folding';
import type { Model, ModelNode } from '../model/types';
import { faceOf, inset, MOST_NUMBER } from './face';
import { clipped, clippedName, estimateText, sizes } from './type';
import type { MeasureText } from './types';

const MOST_NAME = 28;
const MOST_TYPE = 22;
const SIGN = 28;
const ROW = 18;
const BAR = 10;
const HEADER = 26;
const MINUS = 24;

export interface GroupFace extends Size {
  readonly title: string;
  readonly type: string;
  /** "37 operations", or "3 tensors" where there is none. */
  readonly count: string;
  /** The shape of what it puts out, or how many tensors; null where that is a single number, which is shown itself. */
  readonly shape: string | null;
  /** Whether a gradient can come back to it. */
  readonly gradient: boolean;
  /** Width of the title, after which the type stands. */
  readonly titleWidth: number;
}

export function groupFace(
  model: Model,
  { group, outputs, output }: GroupItem,
  measure: MeasureText = estimateText,
): GroupFace {
  const { title, type } = namesOf(group);
  const count = countText(group);
  const shape = outputs.length > 1 ? `${outputs.length} outputs` : shapeText(output);
  const gradient = output?.requiresGrad === true && model.document.passes.length > 0;
  const titleWidth = measure(title, sizes.name, 'mono');
  const first = titleWidth + (type === '' ? 0 : inset.gap + estimateText(type, sizes.small, 'text'));
  const second = measure(`${count} · ${shape ?? '0'.repeat(MOST_NUMBER)}`, sizes.small, 'mono');
  const width = inset.pad + SIGN + inset.gap + Math.max(first, second) + inset.pad + 4;
  const height = 2 * ROW + (gradient ? ROW : 0) + 2 * inset.pad + BAR - 6;
  return { title, type, count, shape, gradient, titleWidth, width: Math.ceil(width), height };
}

function shapeText(output: ModelNode | null): string | null {
  return output?.shape?.some((size) => size !== 1) ? sizeText(output.shape) : null;
}

/** What stands in an open group's header, each with its width; text is taken to be wide, so that nothing is cut. */
export function headerWords(
  group: Group,
): { readonly name: 'name' | 'type' | 'count'; text: string; width: number }[] {
  const { title, type } = namesOf(group);
  return [
    { name: 'name' as const, text: title, width: estimateText(title, sizes.name, 'mono') },
    { name: 'type' as const, text: type, width: estimateText(type, sizes.small, 'text') },
    {
      name: 'count' as const,
      text: countText(group),
      width: estimateText(countText(group), sizes.small, 'text'),
    },
  ].filter(({ text }) => text !== '');
}

function headerSize(group: Group): Size {
  const words = headerWords(group).reduce((sum, { width }) => sum + width + inset.gap, 0);
  return { width: Math.ceil(inset.pad + MINUS + words), height: HEADER };
}

export function namesOf({ kind, name, type }: Group): { title: string; type: string } {
  const title = kind === 'function' ? `${name}()` : name;
  return { title: clippedName(title, MOST_NAME), type: clipped(type ?? '', MOST_TYPE) };
}

function countText({ operations, members }: Group): string {
  return operations > 0 ? counted(operations, 'operation') : counted(members.length, 'tensor');
}

/** The graph to lay out: what is visible, each item as large as its face, in the boxes of the open groups. */
export function foldedGraph(model: Model, fold: Fold, measure: MeasureText = estimateText): LayoutGraph {
  return {
    nodes: Array.from(fold.items.values(), (item) => {
      const home = { id: item.id, box: item.box };
      if (item.kind === 'group') return { ...home, ...sizeOf(groupFace(model, item, measure)) };
      const face = faceOf(model, item.node, measure);
      return { ...home, ...sizeOf(face), crown: face.tab };
    }),
    edges: Array.from(fold.edges.values(), ({ id, source, target, slot }) => ({ id, source, target, slot })),
    boxes: Array.from(fold.boxes.values(), ({ id, box, group }) => ({
      id,
      box,
      header: headerSize(group),
    })),
  };
}

function sizeOf({ width, height }: Size): Size {
  return { width, height };
}

export const groupInset = { sign: SIGN, row: ROW, minus: MINUS } as const;
