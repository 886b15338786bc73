/** What stands out with a selection: the node's ancestors and descendants, and the edges between them. */
import type { Fold } from '../model/folding';
import type { Target } from './types';

export interface Relatives {
  /** Ids of items and of visible edges. */
  readonly items: ReadonlySet<number>;
  readonly edges: ReadonlySet<number>;
}

/** Null where nothing that is visible is selected, so that nothing steps back. */
export function relativesOf(fold: Fold, selection: Target | null): Relatives | null {
  if (selection === null || selection.kind === 'group') return null;
  const edge = selection.kind === 'edge' ? fold.edges.get(selection.id) : undefined;
  const chosen = selection.kind === 'node' ? fold.facesOf(selection.id) : [];
  const [up, down] = [edge ? [edge.source] : chosen, edge ? [edge.target] : chosen];
  if (up.length === 0) return null;
  const found = { items: new Set<number>(), edges: new Set<number>(edge ? [edge.id] : []) };
  walk(fold, up, 'up', found);
  walk(fold, down, 'down', found);
  return found;
}

function walk(
  fold: Fold,
  start: readonly number[],
  way: 'up' | 'down',
  found: { items: Set<number>; edges: Set<number> },
): void {
  const seen = new Set(start);
  const queue = [...start];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    found.items.add(id);
    for (const edge of way === 'up' ? fold.incoming(id) : fold.outgoing(id)) {
      found.edges.add(edge);
      const next = fold.edges.get(edge)?.[way === 'up' ? 'source' : 'target'];
      if (next === undefined || seen.has(next)) continue;
      seen.add(next);
      queue.push(next);
    }
  }
}
