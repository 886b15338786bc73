/**
 * Leaves and inputs that are used in many places appear beside each use: one identity, many faces; leaves also where
 * their uses are far apart. What is used close by stays one, so that a picture shows where its gradients add up, and
 * data comes into a block from where it is, however far it goes in there.
 */
import type { Model, Shown } from './types';

/** So many uses side by side are still read as one thing. */
const MOST_USES = 8;
/** Along the longest path: an edge over more operations than these is too long to follow. */
const FAR = 6;

export function scattered(model: Model, shown: Shown): ReadonlySet<number> {
  const places = placesOf(model, shown);
  const found = new Set<number>();
  for (const id of shown.nodes) {
    const node = model.nodes[id];
    if (node === undefined || node.kind === 'op') continue;
    const users = new Set(node.outgoing.map((edge) => model.edges[edge]?.target ?? -1));
    const at = [...users].flatMap((user) => places.get(user) ?? []);
    const far = node.kind === 'leaf' && at.length > 1 && Math.max(...at) - Math.min(...at) > FAR;
    if (far || at.length > MOST_USES) found.add(id);
  }
  return found;
}

/**
 * How far down a node stands when it is as near as can be to what uses it. Ids of what is computed ascend along every
 * edge; the rare one that does not only makes a distance less exact.
 */
function placesOf(model: Model, shown: Shown): ReadonlyMap<number, number> {
  const ids = shown.nodes.toSorted((a, b) => a - b);
  const depths = new Map<number, number>();
  for (const id of ids) {
    const sources = model.nodes[id]?.incoming.map((edge) => model.edges[edge]?.source ?? id) ?? [];
    depths.set(
      id,
      sources.reduce((most, source) => Math.max(most, (depths.get(source) ?? -1) + 1), 0),
    );
  }
  for (const id of ids.reverse()) {
    const users = model.nodes[id]?.outgoing.map((edge) => model.edges[edge]?.target ?? id) ?? [];
    const next = users.reduce((least, user) => Math.min(least, depths.get(user) ?? Infinity), Infinity);
    if (next < Infinity && users.every((user) => user > id)) depths.set(id, next - 1);
  }
  return depths;
}
