/** What is inspected, in a line. Pure. */
import { groupNameOf, sizeText, type Fold, type Model, type ModelEdge, type ModelNode } from '../../model';
import { edgeTitle, joinedTitle } from '../joined';
import { groupName, inputText, nodeName, nodeTitle } from '../titles';
import { visibleGroup } from './insides';
import type { Subject } from './tabs';

export function subjectTitle(model: Model, subject: Subject): string {
  if (subject.kind === 'node') return nodeTitle(subject.node);
  if (subject.kind === 'group') return groupName(subject.group);
  if (subject.kind === 'edges') return subject.title;
  return edgeTitle(model, subject.edge);
}

/** An edge, or all those that are drawn as one with it. */
export function edgeSubject(model: Model, fold: Fold | null, edge: ModelEdge): Subject {
  const drawn = fold?.edges.get(edge.id);
  if (!fold || !drawn || drawn.edges.length < 2) return { kind: 'edge', edge };
  const edges = drawn.edges.flatMap((id) => model.edges[id] ?? []);
  return { kind: 'edges', title: joinedTitle(fold, drawn), edges };
}

/** "A leaf: gradients add up in its .grad.", "pow of x, exponent 2.", "mm of A and B." */
export function nodeSentence(model: Model, node: ModelNode): string {
  if (node.kind === 'leaf') return 'A leaf: gradients add up in its .grad.';
  if (node.kind === 'input') return 'Plain data: no gradient is asked for.';
  const sources = node.incoming.map((edge) => {
    const source = model.nodes[model.edges[edge]?.source ?? -1];
    return source ? nodeName(source) : 'something';
  });
  const { arguments: given } = model.document.nodes[node.id] ?? { arguments: {} };
  const settings = Object.entries(given).map(([name, text]) => `${name} ${text}`);
  const of = sources.length > 0 ? ` of ${listed(sources)}` : '';
  return `${[`${node.label}${of}`, ...settings].join(', ')}.`;
}

/** Why data flows here, or why no gradient comes back. */
export function edgeSentence(model: Model, edge: ModelEdge): string {
  const [source, target] = ends(model, edge);
  const input = inputText(model, edge);
  const flows = `${source} flows into ${target}${input && ` as its ${input}`}.`;
  return edge.cutReason === null ? flows : `${flows} No gradient comes back: ${edge.cutReason}.`;
}

/** "encoder › layers.0 (Linear) › iteration 2": the boxes that it is in, from the outside in. */
export function groupsText(model: Model, node: ModelNode): string {
  return groupLinks(model, node)
    .map(({ text }) => text)
    .join(' › ');
}

/** The same one by one, with their ids among what is visible. */
export function groupLinks(model: Model, node: ModelNode): { readonly id: number; readonly text: string }[] {
  return node.groups
    .flatMap((id) => model.document.groups[id] ?? [])
    .map((group) => ({
      id: visibleGroup(model, group.id),
      text: group.type === null ? groupNameOf(group) : `${group.name} (${group.type})`,
    }));
}

/** "2×3 float32" of its first output, with the others where there are more. */
export function shapeText(model: Model, node: ModelNode): string {
  const outputs = model.document.nodes[node.id]?.outputs ?? [];
  return outputs.map(({ shape, dtype }) => `${shape ? sizeText(shape) : '?'} ${dtype ?? ''}`).join(', ');
}

function ends(model: Model, { source, target }: ModelEdge): [string, string] {
  const name = (id: number): string => {
    const node = model.nodes[id];
    return node ? nodeName(node) : `node ${id}`;
  };
  return [name(source), name(target)];
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
