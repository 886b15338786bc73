/**
 * Constants fold into the operation that uses them, "× 0.5": numbers among an operation's arguments, and unnamed plain
 * inputs of one element. What has a name in the program stays a node of its own.
 */
import { formatNumber, toNumber } from './numbers';
import { bareName } from './symbols';
import type { Constant, Document, DocumentNode } from './types';

const TWO_SIDED: ReadonlySet<string> = new Set(
  'add sub rsub mul div gt lt ge le eq ne maximum minimum remainder floor_divide'.split(' '),
);
/** The operation whose argument stands on the left. */
const TURNED = 'rsub';
const DIGITS = 3;

export interface Constants {
  /** By operation the constant that it is drawn with. */
  readonly of: ReadonlyMap<number, Constant>;
  /** The inputs that are drawn in their operations alone. */
  readonly folded: ReadonlySet<number>;
}

export function readConstants(doc: Document): Constants {
  const sides = sidesOf(doc);
  const folded = new Set(doc.nodes.filter(isPlain).map(({ id }) => id));
  const unused = new Set(folded);
  for (const [user, inputs] of sides) {
    const fitting =
      isTwoSided(doc.nodes[user]) && inputs.length === 2 && inputs.some((id) => !folded.has(id));
    for (const id of inputs) {
      unused.delete(id);
      if (!fitting) folded.delete(id);
    }
  }
  for (const id of unused) folded.delete(id);
  const of = new Map(doc.nodes.flatMap((node) => argumentOf(node)));
  for (const [user, inputs] of sides) {
    const at = inputs.findIndex((id) => folded.has(id));
    const text = textOf(doc, inputs[at]);
    if (at >= 0) of.set(user, { text, before: at === 0 });
  }
  return { folded, of };
}

/** By operation the sources of its edges, by slot. */
function sidesOf(doc: Document): Map<number, number[]> {
  const sides = new Map<number, number[]>();
  for (const { source, target } of doc.edges.toSorted((a, b) => a.input_nr - b.input_nr || a.id - b.id)) {
    const known = sides.get(target);
    if (known === undefined) sides.set(target, [source]);
    else known.push(source);
  }
  return sides;
}

function isPlain({ kind, names, shape }: DocumentNode): boolean {
  return kind === 'input' && names.length === 0 && shape !== null && shape.every((size) => size === 1);
}

function isTwoSided(node: DocumentNode | undefined): boolean {
  return node !== undefined && TWO_SIDED.has(bareName(node.label));
}

function argumentOf(node: DocumentNode): [number, Constant][] {
  const value = toNumber(node.arguments.other);
  if (!isTwoSided(node) || Number.isNaN(value)) return [];
  return [[node.id, { text: formatNumber(value, DIGITS), before: bareName(node.label) === TURNED }]];
}

function textOf(doc: Document, input: number | undefined): string {
  const value = doc.values[doc.nodes[input ?? -1]?.value ?? -1];
  return value === undefined ? '' : formatNumber(toNumber([value.data].flat(8)[0]), DIGITS);
}
