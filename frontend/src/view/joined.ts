/** Edges that are drawn as one, in words. Pure. */
import {
  formatNumber,
  jointAt,
  wholeOf,
  type Fold,
  type FoldEdge,
  type Joint,
  type Model,
  type ModelEdge,
  type Whole,
} from '../model';
import { markedText } from '../scene';
import { groupName, nodeName } from './titles';

const MOST_NAMES = 3;

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
  return `${nameOf(model, source)} → ${nameOf(model, target)}`;
}

/** What is known of their gradients together: a sum that there is, or else a norm that claims none. */
export function togetherText(model: Model, ids: readonly number[], step: number): string {
  const joint = jointAt(model, ids, step);
  if (!joint || joint.values.length < 2) return '';
  const count = `The ${String(joint.values.length)} gradients`;
  if (joint.total) return `${count} add up to what ${nameOf(model, joint.edges[0]?.source ?? -1)} receives.`;
  const { norm, finite } = joint.strength;
  const size = finite && norm !== null ? ` have the norm ${formatNumber(norm, 3)} together, and` : '';
  return `${count}${size} ${whither(model, joint, step)}.`;
}

function whither(model: Model, { edges }: Joint, step: number): string {
  const outputs = new Set(edges.map(({ source, outputNr }) => `${String(source)} ${String(outputNr)}`));
  if (outputs.size > 1) return `go to ${String(outputs.size)} tensors: they have no sum`;
  const whole = wholeOf(model, edges, step);
  return whole
    ? `are ${shareText(model, edges, whole)}`
    : 'go to one tensor; what they add up to is not known here';
}

/** "2 of 3 that add up to 3.5, what w receives; the other comes from mul": torch adds all of them, not these alone. */
function shareText(model: Model, edges: readonly ModelEdge[], { total, edges: all }: Whole): string {
  const others = all.filter(({ id }) => edges.every((edge) => edge.id !== id));
  const names = [...new Set(others.map(({ target }) => nameOf(model, target)))];
  const from = names.length > MOST_NAMES ? `${String(names.length)} nodes` : names.join(', ');
  const rest = others.length > 1 ? `the others come from ${from}` : `the other comes from ${from}`;
  const [first] = edges;
  return `${String(edges.length)} of ${String(all.length)} that add up to ${markedText(total)}, what ${nameOf(model, first?.source ?? -1)} receives; ${rest}`;
}

function nameOf(model: Model, id: number): string {
  const node = model.nodes[id];
  return node ? nodeName(node) : '';
}
