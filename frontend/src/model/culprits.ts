/** The nodes that an error is about: those that diagnostics name, else those that the failing code names. */
import { sourceReader } from './source';
import type { Document, ModelNode, Step } from './types';

const IDENTIFIER = /(?<![\w.])[A-Za-z_]\w*/g;

export function findCulprits(
  doc: Document,
  nodes: readonly ModelNode[],
  steps: readonly Step[],
): ReadonlySet<number> {
  const diagnosed = doc.diagnostics.flatMap((found) =>
    found.severity === 'error' && found.node !== null ? [found.node] : [],
  );
  return new Set(diagnosed.length > 0 ? diagnosed : namedByErrors(doc, nodes, steps));
}

function namedByErrors(doc: Document, nodes: readonly ModelNode[], steps: readonly Step[]): number[] {
  if (!steps.some((step) => step.kind === 'error')) return [];
  const codeAt = sourceReader(doc);
  const bound = new Map<string, number>();
  const found: number[] = [];
  for (const step of steps) {
    const node = step.kind === 'forward' && step.node !== null ? nodes[step.node] : undefined;
    for (const name of node?.names ?? []) bound.set(name, node?.id ?? 0);
    if (step.kind !== 'error') continue;
    const names = codeAt(step.place).match(IDENTIFIER) ?? [];
    found.push(...names.flatMap((name) => bound.get(name) ?? []));
  }
  return found;
}

/** The nodes made on each line of the program. */
export function nodesByLine(nodes: readonly ModelNode[]): ReadonlyMap<number, readonly number[]> {
  const lines = new Map<number, number[]>();
  for (const { id, place } of nodes) {
    if (place === null || place.source !== 0) continue;
    for (let line = place.line; line <= place.endLine; line++) {
      const made = lines.get(line);
      if (made === undefined) lines.set(line, [id]);
      else made.push(id);
    }
  }
  return lines;
}
