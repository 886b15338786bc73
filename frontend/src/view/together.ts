/** What the gradients along edges that are drawn as one make together, in words. Pure. */
import { formatNumber, jointAt, wholeOf, type Joint, type Model, type ModelEdge, type Whole } from '../model';
import { markedText } from '../scene';
import { nodeNameOf } from './joined';

const MOST_NAMES = 3;

/** What is known of their gradients together: a sum that there is, or else a norm that claims none. */
export function togetherText(model: Model, ids: readonly number[], step: number): string {
  const joint = jointAt(model, ids, step);
  if (!joint || joint.values.length < 2) return '';
  const count = `The ${String(joint.values.length)} gradients`;
  if (joint.total)
    return `${count} add up to what ${nodeNameOf(model, joint.edges[0]?.source ?? -1)} receives.`;
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
  const names = [...new Set(others.map(({ target }) => nodeNameOf(model, target)))];
  const from = names.length > MOST_NAMES ? `${String(names.length)} nodes` : names.join(', ');
  const rest = others.length > 1 ? `the others come from ${from}` : `the other comes from ${from}`;
  const [first] = edges;
  return `${String(edges.length)} of ${String(all.length)} that add up to ${markedText(total)}, what ${nodeNameOf(model, first?.source ?? -1)} receives; ${rest}`;
}
