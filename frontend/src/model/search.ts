/** Which nodes and groups a reader means by some words: a name, an operation, a module's path, or a line of the program. */
import type { Group, Grouping } from './folding';
import { groupNameOf } from './grouping';
import { bareName, symbolOf } from './symbols';
import type { Model, ModelNode } from './types';

/** How well a word fits, best first; what fits worse than all of these does not fit. */
const FIT = { name: 0, beginning: 1, operation: 2, line: 2, inside: 3 } as const;
const LINE = /^:(\d+)$/;

/** Ids of the nodes that every word fits, the best first, then as they were made. */
export function searchNodes(model: Model, text: string, among: Iterable<number>): number[] {
  const words = wordsOf(text);
  if (words.length === 0) return [];
  const found: { id: number; fit: number }[] = [];
  for (const id of among) {
    const node = model.nodes[id];
    if (node === undefined) continue;
    const fit = words.reduce((sum, word) => sum + fitOf(model, node, word), 0);
    if (fit < Infinity) found.push({ id, fit });
  }
  return found.sort((a, b) => a.fit - b.fit || a.id - b.id).map(({ id }) => id);
}

/** Ids of the modules' and functions' calls that have a box and that every word names: by path, name or class. */
export function searchGroups(model: Model, text: string, { groups }: Grouping): number[] {
  const words = wordsOf(text);
  if (words.length === 0) return [];
  const isNamed = ({ id, kind, name, type }: Group): boolean => {
    if (kind !== 'module' && kind !== 'function') return false;
    const path = model.document.groups[id - model.nodes.length]?.name ?? name;
    const names = [name, path, type ?? ''].map((each) => each.toLowerCase());
    return words.every((word) => names.some((each) => each.startsWith(word) || each.endsWith(`.${word}`)));
  };
  return [...groups.values()].filter(isNamed).map(({ id }) => id);
}

/** "line 4" is one word, and so is ":4". */
function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .replace(/\bline\s+(?=\d)/g, ':')
    .split(/\s+/)
    .filter((word) => word !== '');
}

function fitOf(model: Model, node: ModelNode, word: string): number {
  const line = LINE.exec(word)?.[1];
  if (line !== undefined) return node.place?.line === Number(line) ? FIT.line : Infinity;
  const names =
    node.names.length > 0 ? node.names.map((name) => name.toLowerCase()) : [node.label.toLowerCase()];
  if (names.includes(word)) return FIT.name;
  if (names.some((name) => name.startsWith(word))) return FIT.beginning;
  const op = node.kind === 'op' ? (node.op?.toLowerCase() ?? '') : ''; // a leaf's AccumulateGrad is no mul
  const known = [op, bareName(node.op ?? ''), node.label.toLowerCase(), node.symbol];
  if (known.includes(word) || symbolOf(null, word) === node.symbol) return FIT.operation; // "matmul" also finds mm
  const groups = node.groups.flatMap((id) => model.document.groups[id] ?? []);
  const paths = groups.map((group) => groupNameOf(group).toLowerCase());
  const inside = [...names, op, node.label.toLowerCase(), ...paths].some((part) => part.includes(word));
  return inside ? FIT.inside : Infinity;
}
