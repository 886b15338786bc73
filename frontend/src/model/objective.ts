/** The number that a program is about: where its last backward pass began, or else the last number with a name. */
import type { Model, ModelNode, ModelValue } from './types';

export interface Objective {
  readonly name: string;
  readonly value: ModelValue;
}

/** As it is at the end; null where it is no single number. */
export function objectiveOf({ document: recorded, nodes, steps, valueAt }: Model): Objective | null {
  const end = steps.length - 1;
  const told = (node: ModelNode | undefined): Objective | null => {
    const value = node ? valueAt(node.id, end) : null;
    return node && value?.scalar != null ? { name: node.name ?? node.label, value } : null;
  };
  const pass = recorded.passes.findLast(({ parent }) => parent === null);
  if (pass) return told(nodes[pass.roots[0] ?? -1]);
  return told(nodes.findLast((node) => node.kind === 'op' && node.name !== null && told(node) !== null));
}
