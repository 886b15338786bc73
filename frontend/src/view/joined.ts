/** Edges that are drawn as one: what they are called. Pure. */
import type { Fold, FoldEdge, Model, ModelEdge } from '../model';
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
  return `${nodeNameOf(model, source)} → ${nodeNameOf(model, target)}`;
}

export function nodeNameOf(model: Model, id: number): string {
  const node = model.nodes[id];
  return node ? nodeName(node) : '';
}
