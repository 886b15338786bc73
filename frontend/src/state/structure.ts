/** Whether two models draw the same graph, numbers aside. */
import type { Model, ModelEdge, ModelNode } from '../model/types';

/** Whether only numbers differ between what two models show, at each of their steps. */
export function samePicture(a: Model, b: Model): boolean {
  return a.steps.length === b.steps.length && sameStructure(a, b);
}

export function sameStructure(a: Model, b: Model): boolean {
  return alike(a.nodes, b.nodes, sameNode) && alike(a.edges, b.edges, sameEdge);
}

function alike<T>(a: readonly T[], b: readonly T[], same: (one: T, other: T) => boolean): boolean {
  return a.length === b.length && a.every((each, i) => same(each, b[i] as T));
}

function sameNode(a: ModelNode, b: ModelNode): boolean {
  return (
    a.kind === b.kind &&
    a.op === b.op &&
    a.label === b.label &&
    a.name === b.name &&
    a.shape?.join() === b.shape?.join() &&
    a.groups.join() === b.groups.join()
  );
}

function sameEdge(a: ModelEdge, b: ModelEdge): boolean {
  return (
    a.source === b.source &&
    a.target === b.target &&
    a.inputNr === b.inputNr &&
    a.differentiable === b.differentiable
  );
}
