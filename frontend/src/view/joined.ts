/** Edges that are drawn as one, in words. Pure. */
import {
  formatNumber,
  jointAt,
  type Fold,
  type FoldEdge,
  type Joint,
  type Model,
  type ModelEdge,
} from '../model';
import { groupName, nodeName } from './titles';

/** "module h.0 → x": between what is drawn. */
export function joinedTitle(fold: Fold, { source, target }: FoldEdge): string {
  const name = (id: number): string => {
    const item = fold.items.get(id);
    return item ? (item.kind === 'group' ? groupName(item.group) : nodeName(item.node)) : '';
  };
  return `${name(source)} → ${name(target)}`;
}

/** "mul → add": between what it connects. */
export function edgeTitle(model: Model, { source, target }: ModelEdge): string {
  const name = (id: number): string => {
    const node = model.nodes[id];
    return node ? nodeName(node) : '';
  };
  return `${name(source)} → ${name(target)}`;
}

/** What is known of their gradients together: a sum that there is, or else a norm that claims none. */
export function togetherText(model: Model, ids: readonly number[], step: number): string {
  const joint = jointAt(model, ids, step);
  if (!joint || joint.values.length < 2) return '';
  const count = `The ${String(joint.values.length)} gradients`;
  if (joint.total) return `${count} add up to what ${receiver(model, joint)} receives.`;
  const { norm, finite } = joint.strength;
  const size = finite && norm !== null ? ` have the norm ${formatNumber(norm, 3)} together, and` : '';
  return `${count}${size} ${whither(joint)}.`;
}

function whither({ edges }: Joint): string {
  const outputs = new Set(edges.map(({ source, outputNr }) => `${String(source)} ${String(outputNr)}`));
  return outputs.size > 1
    ? `go to ${String(outputs.size)} tensors: they have no sum`
    : 'go to one tensor; what they add up to is not known here';
}

function receiver(model: Model, { edges: [first] }: Joint): string {
  const node = model.nodes[first?.source ?? -1];
  return node ? nodeName(node) : '';
}
