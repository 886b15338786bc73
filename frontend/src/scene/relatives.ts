/** What stands out with a selection: the node's ancestors and descendants, and the edges between them. */
import type { Model } from '../model/types';
import type { Target } from './types';

export interface Relatives {
  readonly nodes: ReadonlySet<number>;
  readonly edges: ReadonlySet<number>;
}

/** Null where nothing is selected, so that nothing steps back. */
export function relativesOf(model: Model, selection: Target | null): Relatives | null {
  if (selection === null) return null;
  const edge = selection.kind === 'edge' ? model.edges[selection.id] : undefined;
  const found = { nodes: new Set<number>(), edges: new Set<number>(edge ? [edge.id] : []) };
  walk(model, edge?.source ?? selection.id, 'up', found);
  walk(model, edge?.target ?? selection.id, 'down', found);
  return found;
}

function walk(
  model: Model,
  start: number,
  way: 'up' | 'down',
  found: { nodes: Set<number>; edges: Set<number> },
): void {
  const seen = new Set([start]);
  const queue = [start];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    found.nodes.add(id);
    const node = model.nodes[id];
    for (const edge of (way === 'up' ? node?.incoming : node?.outgoing) ?? []) {
      found.edges.add(edge);
      const next = model.edges[edge]?.[way === 'up' ? 'source' : 'target'];
      if (next === undefined || seen.has(next)) continue;
      seen.add(next);
      queue.push(next);
    }
  }
}
