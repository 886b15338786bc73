/** What errors have to do with nodes: which are to blame (of a chain, or named by diagnostics), and which only went in. */
import { sourceReader, within } from './source';
import type { Document, ErrorChain, Model, ModelNode, Step } from './types';

const IDENTIFIER = /(?<![\w.])[A-Za-z_]\w*/g;

interface Known {
  readonly steps: readonly Step[];
  readonly chains: readonly ErrorChain[];
}

interface Found {
  /** The step from which on it is known. */
  readonly step: number;
  readonly nodes: readonly number[];
}

export function findCulprits(doc: Document, { steps, chains }: Known): Model['culpritsAt'] {
  const diagnosed = doc.diagnostics.flatMap((found) =>
    found.severity === 'error' && found.node !== null ? [found.node] : [],
  );
  const raised = steps.find((step) => step.kind === 'error')?.index ?? steps.length - 1;
  const told = chains.map(({ step, links }): Found => ({ step, nodes: links.flatMap(({ nodes }) => nodes) }));
  const found = diagnosed.length > 0 ? [{ step: raised, nodes: diagnosed }] : told;
  const sets = found.map(({ step }, i) => ({
    step,
    culprits: new Set(found.slice(0, i + 1).flatMap((each) => each.nodes)),
  }));
  return (step) => sets.findLast((each) => each.step <= step)?.culprits ?? NONE;
}

const NONE: ReadonlySet<number> = new Set();

/** Of an error that no chain explains: the node made last within the failing expression, and those that the rest of it names. */
export function findOperands(
  doc: Document,
  nodes: readonly ModelNode[],
  { steps, chains }: Known,
): Model['operandsAt'] {
  const codeAt = sourceReader(doc);
  const bound = new Map<string, number>();
  const made: ModelNode[] = [];
  const found = new Map<number, ReadonlySet<number>>();
  for (const { kind, node: id, place, index } of steps) {
    const node = kind === 'forward' && id !== null ? nodes[id] : undefined;
    if (node !== undefined) made.push(node);
    for (const name of node?.names ?? []) bound.set(name, node?.id ?? 0);
    if (kind !== 'error' || chains.some(({ step }) => step === index)) continue;
    const part = made.findLast((each) => within(each.place, place));
    const rest = codeAt(place).replace(codeAt(part?.place ?? null), '');
    const named = (rest.match(IDENTIFIER) ?? []).flatMap((name) => bound.get(name) ?? []);
    found.set(index, new Set(part === undefined ? named : [part.id, ...named]));
  }
  return (step) => found.get(step) ?? NONE;
}

/** A line of one of the sources. */
export function lineKey(source: number, line: number): string {
  return `${source}:${line}`;
}

/** The nodes made on each line, by `lineKey`. */
export function nodesByLine(nodes: readonly ModelNode[]): ReadonlyMap<string, readonly number[]> {
  const lines = new Map<string, number[]>();
  for (const { id, place } of nodes) {
    if (place === null) continue;
    for (let line = place.line; line <= place.endLine; line++) {
      const key = lineKey(place.source, line);
      const made = lines.get(key);
      if (made === undefined) lines.set(key, [id]);
      else made.push(id);
    }
  }
  return lines;
}
