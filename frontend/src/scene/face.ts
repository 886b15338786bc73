/**
 * What stands where on a node, and so how large it is. A face depends on the graph's structure alone (kind, shape,
 * names), never on numbers: while values change under a drag, nothing moves.
 */
import type { LayoutGraph, Size } from '../layout/types';
import { gridOf } from '../model';
import type { Model, ModelNode, Shown } from '../model/types';
import { clipped, clippedName, estimateText, sizes, symbolSize } from './type';
import type { MeasureText } from './types';

const PAD = 10;
const GAP = 10;
const DISC = 36;
const NAME_ROW = 16;
const VALUE_ROW = 20;
const GRAD_ROW = 16;
const TAB = 22;
const TAB_ROOM = 144;
/** The most characters that a number on a face has; longer ones lose digits. */
export const MOST_NUMBER = 9;
const NUMBER_ROOM = '0'.repeat(MOST_NUMBER);
const MOST_NAME = 18;
const MOST_CONSTANT = 6;

/** Extents of a node's parts, in layout units; `grid` is one heatmap, of which there may be two. */
export interface Face extends Size {
  readonly disc: number;
  /** Height of the `.grad` tab on top of a leaf. */
  readonly tab: number;
  readonly title: string;
  readonly grid: Size | null;
  readonly gradient: boolean;
  /** Whether the gradient's grid stands under the value's, or right of it. */
  readonly stacked: boolean;
}

/** The graph to lay out, each node as large as its face: all of it, or what is shown. */
export function layoutGraph(model: Model, measure: MeasureText = estimateText, shown?: Shown): LayoutGraph {
  const nodes = shown === undefined ? model.nodes : shown.nodes.flatMap((id) => model.nodes[id] ?? []);
  const incoming = nodes.flatMap((node) => node.incoming.flatMap((id) => model.edges[id] ?? []));
  return {
    nodes: nodes.map((node) => {
      const { width, height, tab } = faceOf(model, node, measure);
      return { id: node.id, width, height, crown: tab };
    }),
    edges: incoming
      .filter(({ source }) => shown?.has(source) ?? true)
      .map(({ id, source, target, inputNr }) => ({ id, source, target, slot: inputNr })),
  };
}

/** Whether the node's gradient is part of the picture. */
function hasGradient(model: Model, node: ModelNode): boolean {
  return node.requiresGrad && model.document.passes.length > 0;
}

/** Height of the `.grad` tab on top of a leaf. */
export function tabOf(model: Model, node: ModelNode): number {
  return node.kind === 'leaf' && hasGradient(model, node) ? TAB : 0;
}

export function faceOf(model: Model, node: ModelNode, measure: MeasureText = estimateText): Face {
  const gradient = hasGradient(model, node);
  const title = clippedName(node.name ?? node.label, MOST_NAME);
  const grid = gridSize(node);
  const stacked = grid !== null && grid.width > 3 * grid.height;
  const disc = node.kind === 'op' ? discWidth(node) : 0;
  const parts = { disc, tab: tabOf(model, node), title, grid, gradient, stacked };
  const head = headSize(parts, measure);
  const body = bodySize(parts);
  return {
    ...parts,
    width: Math.ceil(Math.max(head.width, body.width + 2 * (PAD + 4))),
    height: Math.ceil(parts.tab + head.height + body.height),
  };
}

/** A constant has the same room whatever it is: it may be pulled. */
function discWidth({ symbol, constant }: ModelNode): number {
  const sign = constant === null ? symbol : `${symbol} ${'0'.repeat(MOST_CONSTANT)}`;
  return Math.max(
    DISC,
    estimateText(sign, constant === null ? symbolSize(symbol) : sizes.value, 'mono') + 16,
  );
}

/** An operation's symbol with its constant, and the size that it is written in. */
export function signOf({ symbol, constant }: ModelNode): { text: string; size: number } {
  if (constant === null) return { text: symbol, size: symbolSize(symbol) };
  const text = clipped(constant.text, MOST_CONSTANT);
  return { text: constant.before ? `${text} ${symbol}` : `${symbol} ${text}`, size: sizes.name };
}

type Parts = Omit<Face, 'width' | 'height'>;

function headSize(parts: Parts, measure: MeasureText): Size {
  const title = measure(parts.title, sizes.name, 'mono');
  const number = measure(NUMBER_ROOM, sizes.value, 'mono');
  if (parts.disc === 0) {
    const room = parts.tab > 0 ? TAB_ROOM : 0;
    return { width: Math.max(room, PAD * 2 + 16 + title + GAP + number), height: 40 };
  }
  const rows = NAME_ROW + VALUE_ROW + (parts.gradient && parts.grid === null ? GRAD_ROW : 0);
  return { width: PAD + parts.disc + GAP + Math.max(title, number) + PAD + 4, height: rows + 2 * PAD - 4 };
}

function bodySize({ grid, gradient, stacked }: Parts): Size {
  if (grid === null) return { width: 0, height: 0 };
  const grids = gradient ? 2 : 1;
  const across = stacked ? 1 : grids;
  const down = stacked ? grids : 1;
  return {
    width: across * grid.width + (across - 1) * GAP,
    height: down * grid.height + (down - 1) * 6 + PAD + 2,
  };
}

/** Room for a heatmap; null for what is a single number. */
function gridSize(node: ModelNode): Size | null {
  if (node.shape === null || node.shape.every((size) => size === 1)) return null;
  const { rows, columns } = gridOf(node.shape);
  if (rows * columns === 0) return null;
  const side = Math.min(20, Math.max(2, Math.floor((rows === 1 ? 112 : 64) / Math.max(rows, columns))));
  return { width: columns * side, height: rows * Math.max(side, rows === 1 ? 10 : 3) };
}

export const inset = {
  pad: PAD,
  gap: GAP,
  nameRow: NAME_ROW,
  valueRow: VALUE_ROW,
  gradRow: GRAD_ROW,
} as const;
