/** Nodes and edges of the Document with their neighbours, places and symbols. */
import { readConstants, type Constants } from './constants';
import { numbered } from './namesakes';
import { symbolOf } from './symbols';
import type { Cut, Document, DocumentEdge, DocumentNode, ModelEdge, ModelNode, Place } from './types';

const CUT_REASONS: Readonly<Record<Cut, string>> = {
  detach: 'detached',
  no_grad: 'under no_grad',
  item: 'read as a number',
  copy: 'copied',
  integer: 'integer',
  'non-differentiable': 'not differentiable',
};

const OBJECTS_OWN = /^self\./;
/** So many outputs are named on one node. */
const MOST_PARTS = 2;

interface Placed {
  readonly line: number | null;
  readonly column: number | null;
  readonly end_line: number | null;
  readonly end_column: number | null;
  readonly source: number;
}

/** The place of a node, pass or event; null where the Document has none. */
export function readPlace(from: Placed): Place | null {
  if (from.line === null) return null;
  return {
    line: from.line,
    column: from.column ?? 0,
    endLine: from.end_line ?? from.line,
    endColumn: from.end_column ?? from.column ?? 0,
    source: from.source,
  };
}

export function readEdges(doc: Document): ModelEdge[] {
  return doc.edges.map((edge) => ({
    id: edge.id,
    source: edge.source,
    target: edge.target,
    outputNr: edge.output_nr,
    inputNr: edge.input_nr,
    differentiable: edge.differentiable,
    cut: edge.cut,
    cutReason: readCutReason(doc, edge),
  }));
}

function readCutReason(doc: Document, edge: DocumentEdge): string | null {
  if (edge.differentiable) return null;
  const isBoolean =
    doc.nodes[edge.source]?.outputs[edge.output_nr]?.dtype === 'bool' ||
    doc.nodes[edge.target]?.dtype === 'bool';
  if (edge.cut === 'integer' && isBoolean) return 'boolean';
  return CUT_REASONS[edge.cut ?? 'non-differentiable'];
}

export function readNodes(doc: Document): ModelNode[] {
  const incoming = edgesBy(doc, (edge) => edge.target);
  const outgoing = edgesBy(doc, (edge) => edge.source);
  const slot = (id: number): number => doc.edges[id]?.input_nr ?? 0;
  const constants = readConstants(doc);
  const nodes = doc.nodes.map((node) => {
    const into = incoming[node.id] ?? [];
    into.sort((a, b) => slot(a) - slot(b) || a - b);
    return readNode(node, constants, into, outgoing[node.id] ?? []);
  });
  return numbered(doc, nodes);
}

function readNode(
  node: DocumentNode,
  constants: Constants,
  incoming: number[],
  outgoing: number[],
): ModelNode {
  return {
    id: node.id,
    kind: node.kind,
    op: node.op,
    label: node.label,
    symbol: node.kind === 'op' ? symbolOf(node.op, node.label, node.arguments.exponent) : node.label,
    constant: constants.of.get(node.id) ?? null,
    folded: constants.folded.has(node.id),
    names: node.names,
    name: nameOf(node),
    parts: partsOf(node),
    place: readPlace(node),
    shape: node.shape,
    dtype: node.dtype,
    requiresGrad: node.requires_grad,
    groups: node.groups,
    incoming,
    outgoing,
  };
}

/** A leaf or an input has its label, an operation its name, or that of each output. Null without a name. */
function nameOf(node: DocumentNode): string | null {
  if (node.kind !== 'op' && node.names.length > 0) return node.label;
  const parts = new Set(partsOf(node).filter((part) => part !== ''));
  if (parts.size > 0) return listed([...parts]);
  return ownName(node.names);
}

/** The first that is not an object's own. */
function ownName(names: readonly string[]): string | null {
  return names.find((name) => !OBJECTS_OWN.test(name)) ?? names[0] ?? null;
}

/** Not `_`, as one calls what is of no use. */
function isMeant(name: string): boolean {
  return name !== '_';
}

function partsOf({ outputs }: DocumentNode): string[] {
  return outputs.length > 1 ? outputs.map(({ names }) => ownName(names.filter(isMeant)) ?? '') : [];
}

/** "a, b"; of many the first and how it goes on. */
function listed(parts: readonly string[]): string {
  return parts.length > MOST_PARTS ? `${parts[0] ?? ''}, …` : parts.join(', ');
}

function edgesBy(doc: Document, end: (edge: DocumentEdge) => number): number[][] {
  const lists: number[][] = doc.nodes.map(() => []);
  for (const edge of doc.edges) lists[end(edge)]?.push(edge.id);
  return lists;
}
