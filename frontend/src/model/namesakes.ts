/** Nodes that the program calls the same, at several places of one scope: y₁, y₂, in the order of these places. */
import type { Document, ModelNode } from './types';

/** Names of parts ("layer.weight") tell whose they are, and stay as they are. */
const A_PART = /[.[]/;

/** The same nodes, with a number where others would be taken for them. Leaves, data and operations look different. */
export function numbered(doc: Document, nodes: readonly ModelNode[]): ModelNode[] {
  const places = new Map<string, string[]>();
  const placed = nodes.map((node) => {
    if (node.name === null || A_PART.test(node.name)) return null;
    const key = `${scopeOf(doc, node)} ${node.kind} ${node.name}`;
    const known = places.get(key) ?? [];
    places.set(key, known);
    const place = placeOf(node);
    if (!known.includes(place)) known.push(place);
    return { known, number: known.indexOf(place) + 1 };
  });
  return nodes.map((node, i) => {
    const found = placed[i];
    if (!found || found.known.length < 2) return node;
    return { ...node, name: `${node.name ?? ''}${subscript(found.number)}` };
  });
}

/** The innermost call or iteration; cells share their names. */
function scopeOf({ groups }: Document, node: ModelNode): number {
  return node.groups.findLast((id) => groups[id]?.kind !== 'cell') ?? -1;
}

function placeOf({ id, place }: ModelNode): string {
  return place ? [place.source, place.line, place.column].join(':') : `node ${String(id)}`;
}

function subscript(number: number): string {
  return Array.from(String(number), (digit) => String.fromCodePoint(0x2080 + Number(digit))).join('');
}
