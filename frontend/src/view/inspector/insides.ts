/** What a group is, what is in it, and what flows over its border. Pure. */
import {
  counted,
  sizeText,
  type Group,
  type Model,
  type ModelEdge,
  type ModelNode,
  type Place,
} from '../../model';
import { groupName } from '../titles';

type DocumentGroup = Model['document']['groups'][number];

export interface Insides {
  readonly sentence: string;
  readonly place: Place | null;
  readonly facts: readonly { readonly name: string; readonly text: string }[];
  /** Leaves that belong to it. */
  readonly parameters: readonly ModelNode[];
  /** Edges over its border, without those of its parameters and of what these were made of. */
  readonly incoming: readonly ModelEdge[];
  readonly outgoing: readonly ModelEdge[];
  /** What it computes last. */
  readonly output: ModelNode | null;
}

export function insidesOf(model: Model, group: Group): Insides {
  const kept = keptGroup(model, group);
  const members = group.members.flatMap((id) => model.nodes[id] ?? []);
  const inside = new Set(group.members);
  const edgesOf = (end: 'incoming' | 'outgoing'): ModelEdge[] =>
    members.flatMap((node) => node[end]).flatMap((id) => model.edges[id] ?? []);
  const entering = edgesOf('incoming').filter(({ source }) => !inside.has(source));
  const sources = [...new Set(entering.map(({ source }) => source))].flatMap((id) => model.nodes[id] ?? []);
  const parameters = [...members, ...sources].filter((node) => isParameter(node, kept, inside));
  const own = new Set(parameters.map(({ id }) => id));
  return {
    sentence: sentenceOf(group, kept),
    place: kept && placeOf(kept),
    facts: factsOf(model, group, kept, parameters),
    parameters,
    incoming: entering.filter(
      ({ source, target }) => !own.has(source) && model.nodes[target]?.kind !== 'leaf',
    ),
    outgoing: edgesOf('outgoing').filter(({ source, target }) => !own.has(source) && !inside.has(target)),
    output: members.findLast(({ kind }) => kind === 'op') ?? null,
  };
}

/** The Document's own group; layers of backward and parts of long rows are none of the program's. */
function keptGroup(model: Model, { id }: Group): DocumentGroup | null {
  return model.document.groups[id - model.nodes.length] ?? null;
}

/** The id among what is visible of a group of the Document. */
export function visibleGroup(model: Model, id: number): number {
  return model.nodes.length + id;
}

/** A leaf in the group; or one that a module owns by its name, where other calls use it too. */
function isParameter(node: ModelNode, kept: DocumentGroup | null, inside: ReadonlySet<number>): boolean {
  if (node.kind !== 'leaf') return false;
  return inside.has(node.id) || (kept?.kind === 'module' && node.name?.startsWith(`${kept.name}.`) === true);
}

function sentenceOf(group: Group, kept: DocumentGroup | null): string {
  switch (group.kind) {
    case 'module':
      return `A call of the module ${kept?.name ?? group.name}${group.type ? ` (${group.type})` : ''}.`;
    case 'function':
      return `A call of the function ${group.name}.`;
    case 'loop':
      return kept?.number == null ? 'A loop.' : 'One iteration of a loop.';
    case 'cell':
      return 'What a cell of the program computes.';
    case 'backward':
      return `What backward pass ${(group.pass ?? 0) + 1} computed, as a part of the graph.`;
    case 'part':
      return 'A stretch of a long row, put together so that it can be read.';
  }
}

function factsOf(
  model: Model,
  group: Group,
  kept: DocumentGroup | null,
  parameters: readonly ModelNode[],
): Insides['facts'] {
  const elements = parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const tensors = counted(parameters.length, 'parameter');
  return [
    { name: 'in', text: pathOf(group) },
    { name: kept?.kind === 'loop' ? 'iteration' : 'call', text: kept ? callText(model, kept) : '' },
    { name: 'inside', text: `${counted(group.operations, 'operation')}${labelsText(model, group)}` },
    {
      name: 'holds',
      text: parameters.length > 0 ? `${tensors}, ${counted(elements, 'element')}` : '',
    },
  ].filter(({ text }) => text !== '');
}

function sizeOf(shape: readonly number[] | null): number {
  return (shape ?? []).reduce((product, extent) => product * extent, 1);
}

/** "2 of 4", where there are more than one. */
function callText({ document: { groups } }: Model, kept: DocumentGroup): string {
  const alike = groups.filter(
    ({ kind, parent, module, name, number }) =>
      kind === kept.kind &&
      (kind === 'module'
        ? module === kept.module
        : kind === 'function'
          ? name === kept.name
          : parent === kept.parent && number !== null),
  );
  const at = alike.findIndex(({ id }) => id === kept.id);
  return alike.length > 1 && at >= 0 ? `${at + 1} of ${alike.length}` : '';
}

const MOST_LABELS = 5;

/** ": 3 linear, relu": what its operations are, the most frequent first. */
function labelsText(model: Model, { members }: Group): string {
  const counts = new Map<string, number>();
  for (const id of members) {
    const node = model.nodes[id];
    if (node?.kind === 'op') counts.set(node.label, (counts.get(node.label) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  const named = sorted
    .slice(0, MOST_LABELS)
    .map(([label, count]) => (count > 1 ? `${count} ${label}` : label));
  if (sorted.length > MOST_LABELS) named.push('…');
  return named.length > 0 ? `: ${named.join(', ')}` : '';
}

/** "encoder › layers.0": the boxes around it. */
function pathOf({ parent }: Group): string {
  return parent === null ? '' : [pathOf(parent), groupName(parent)].filter(Boolean).join(' › ');
}

function placeOf({ line, column, end_line, end_column, source }: DocumentGroup): Place | null {
  if (line === null) return null;
  return { line, column: column ?? 0, endLine: end_line ?? line, endColumn: end_column ?? 0, source };
}

/** A row of what flows over a border: where an edge comes from and where it leads. */
export interface Flowing {
  readonly id: number;
  readonly node: ModelNode;
  readonly target: ModelNode;
  readonly shape: string;
}

/** What leaves or enters, one row for each edge. */
export function flowing(model: Model, edges: readonly ModelEdge[]): Flowing[] {
  return edges.flatMap(({ id, source, target: to, outputNr }) => {
    const [node, target] = [model.nodes[source], model.nodes[to]];
    const shape = model.document.nodes[source]?.outputs[outputNr]?.shape ?? node?.shape;
    return node && target ? [{ id, node, target, shape: shape ? sizeText(shape) : '' }] : [];
  });
}
