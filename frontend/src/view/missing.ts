/** Why there is no gradient. Pure. */
import type { Model, ModelNode } from '../model';

/** At a step, of a node that has none then: that one comes is promised only where it does. */
export function missingGradient(model: Model, node: ModelNode, step: number): string {
  if (!node.requiresGrad) return 'none: no gradient is asked for here';
  const came = (by: number): boolean => node.outgoing.some((edge) => model.edgeGradAt(edge, by) !== null);
  const had = (): boolean =>
    model.steps.slice(0, step).some(({ index }) => model.gradAt(node.id, index) !== null);
  if (came(step) && had()) return 'None: it was cleared';
  const last = model.steps.length - 1;
  if (came(last) || model.gradAt(node.id, last) !== null) return 'has not arrived yet';
  const cuts = node.outgoing.map((edge) => model.edges[edge]?.cutReason ?? null);
  const reasons = cuts.every((reason) => reason !== null) ? Array.from(new Set(cuts)).join(', ') : '';
  return `none: no backward pass comes here${reasons && `: ${reasons}`}`;
}
