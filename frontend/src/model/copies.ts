/**
 * Copies that only made a parameter (`copy.deepcopy`, the layers of `nn.TransformerEncoder`), and what was copied if it
 * has no name or is a part of a module: no pass reaches them, and nothing else uses them. They stay in the Document; the
 * stage leaves them out.
 */
import type { ModelEdge, ModelNode, Step } from './types';

interface Graph {
  readonly nodes: readonly ModelNode[];
  readonly edges: readonly ModelEdge[];
}

export function findCopies({ nodes, edges }: Graph, steps: readonly Step[]): ReadonlySet<number> {
  const reached = new Set(
    steps.flatMap(({ kind, node }) => (kind === 'forward' || node === null ? [] : [node])),
  );
  const copies = new Set<number>();
  for (const node of nodes.toReversed()) {
    if (!mayGo(node) || node.outgoing.length === 0 || reached.has(node.id)) continue;
    const copied = node.incoming.some((id) => edges[id]?.cut === 'copy');
    const targets = node.outgoing.flatMap((id) => nodes[edges[id]?.target ?? -1] ?? []);
    const fits = (target: ModelNode): boolean => copies.has(target.id) || (copied && target.kind === 'leaf');
    if ((copied || node.kind !== 'op') && targets.every(fits)) copies.add(node.id);
  }
  return copies;
}

/** What a reader gave a name is looked for; the parameters of a module that only was a pattern are not. */
function mayGo({ kind, names }: ModelNode): boolean {
  return names.length === 0 || (kind === 'leaf' && names.every((name) => name.includes('.')));
}
