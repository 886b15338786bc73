/** What a tip beside the pointer says of a node, an edge or a group, at a step. Pure. */
import { LABEL_HEIGHT, type Layout, type Rect } from '../layout';
import {
  jointAt,
  placeText,
  type Fold,
  type FoldEdge,
  type Model,
  type ModelEdge,
  type ModelNode,
  type ModelValue,
} from '../model';
import type { Target } from '../scene';
import { begun } from './begun';
import { edgeTitle, joinedTitle } from './joined';
import { groupTitle, inputText, nodeTitle } from './titles';
import { togetherText } from './together';

export interface Tip {
  readonly title: string;
  readonly about: string;
  readonly value: ModelValue | null;
  readonly gradientName: string;
  readonly gradient: ModelValue | null;
  /** The gradients of edges that are drawn as one, or of what a group puts out; the first of them. */
  readonly parts: readonly { readonly name: string; readonly gradient: ModelValue }[];
  readonly note: string;
}

/** As many parts as can be read at a glance; the inspector has them all. */
const MOST_PARTS = 5;

export function tipOf(model: Model, fold: Fold, target: Target, step: number): Tip | null {
  if (target.kind === 'group') return groupTip(model, fold, target.id, step);
  if (target.kind === 'edge') {
    const [edge, drawn] = [model.edges[target.id], fold.edges.get(target.id)];
    if (drawn && drawn.edges.length > 1) return joinedTip(model, fold, drawn, step);
    return edge ? edgeTip(model, edge, step) : null;
  }
  const node = model.nodes[target.id];
  return node ? nodeTip(model, node, step) : null;
}

/** A group's value is that of what it puts out; of several outputs each has its gradient. */
function groupTip(model: Model, fold: Fold, id: number, step: number): Tip | null {
  const group = fold.grouping.groups.get(id);
  if (!group) return null;
  const item = fold.items.get(id);
  const { outputs, output } = item?.kind === 'group' ? item : { outputs: [], output: null };
  const parts = (output ? [] : outputs).flatMap((each) => {
    const gradient = model.gradAt(each.id, step);
    return gradient ? [{ name: nodeTitle(each), gradient }] : [];
  });
  return {
    title: groupTitle(group),
    about: outputs.length > 1 ? `${String(outputs.length)} outputs` : '',
    value: output && model.valueAt(output.id, step),
    gradientName: 'gradient',
    gradient: output && model.gradAt(output.id, step),
    parts: parts.slice(0, MOST_PARTS),
    note: item ? 'Click to open.' : 'Click to close.',
  };
}

function nodeTip(model: Model, node: ModelNode, step: number): Tip {
  const value = model.valueAt(node.id, step);
  return {
    title: nodeTitle(node),
    about: [node.op, node.place && placeText(model, node.place)].filter(Boolean).join(' · '),
    value,
    gradientName: node.kind === 'leaf' ? '.grad' : 'gradient',
    gradient: model.gradAt(node.id, step),
    parts: [],
    note: value === null ? 'Not computed yet.' : begun(model, node, step),
  };
}

function edgeTip(model: Model, edge: ModelEdge, step: number): Tip {
  return {
    title: edgeTitle(model, edge),
    about: inputText(model, edge),
    value: model.valueAt(edge.source, step),
    gradientName: 'gradient',
    gradient: model.edgeGradAt(edge.id, step),
    parts: [],
    note: edge.cutReason === null ? '' : `No gradient comes back here: ${edge.cutReason}.`,
  };
}

/** Edges that are drawn as one: each with its gradient, and what these make together. */
function joinedTip(model: Model, fold: Fold, drawn: FoldEdge, step: number): Tip {
  const joint = jointAt(model, drawn.edges, step);
  const parts = (joint?.edges ?? []).flatMap((edge) => {
    const gradient = model.edgeGradAt(edge.id, step);
    return gradient ? [{ name: edgeTitle(model, edge), gradient }] : [];
  });
  const more = parts.length > MOST_PARTS ? `And ${String(parts.length - MOST_PARTS)} more. ` : '';
  return {
    title: joinedTitle(fold, drawn),
    about: `${String(drawn.edges.length)} edges`,
    value: null,
    gradientName: 'sum',
    gradient: joint?.total ?? null,
    parts: parts.slice(0, MOST_PARTS),
    note: `${more}${togetherText(model, drawn.edges, step)}`,
  };
}

/** Where the target is, in layout units: a face, an open group's header, the number on an edge. */
export function targetBox(layout: Layout, target: Target): Rect | null {
  if (target.kind === 'edge') {
    const label = layout.edges.get(target.id)?.label;
    if (!label) return null;
    const { x, y, width } = label;
    return { x: x - width / 2, y: y - LABEL_HEIGHT / 2, width, height: LABEL_HEIGHT };
  }
  const box = target.kind === 'group' ? layout.boxes.get(target.id) : undefined;
  if (box) return { x: box.x - box.width / 2, y: box.y - box.height / 2, ...box.header };
  const node = layout.nodes.get(target.id);
  if (!node) return null;
  return { x: node.x - node.width / 2, y: node.y - node.height / 2, width: node.width, height: node.height };
}
