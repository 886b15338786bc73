/** What is visible of what is shown, given which groups are open: items, boxes around them, and edges lifted to these. */
import type { Box, Fold, FoldEdge, Grouping } from './folding';
import { Homes } from './homes';
import { placeItems, type Items } from './items';
import type { Model, Shown } from './types';

export function foldShown(model: Model, shown: Shown, grouping: Grouping, open: ReadonlySet<number>): Fold {
  const homes = new Homes(grouping, open);
  const boxes = new Map<number, Box>();
  for (const group of grouping.groups.values()) {
    if (homes.isOpen(group)) boxes.set(group.id, { id: group.id, group, box: group.parent?.id ?? null });
  }
  const items = placeItems(model, shown, homes);
  const { edges, edgeOf } = liftEdges(model, shown, items);
  const [incoming, outgoing] = [edgesBy(edges, 'target'), edgesBy(edges, 'source')];
  return {
    grouping,
    items: items.all,
    boxes,
    edges,
    visibleOf: (node) => items.showing(node)[0] ?? null,
    facesOf: (node) => items.showing(node),
    incoming: (item) => incoming.get(item) ?? [],
    outgoing: (item) => outgoing.get(item) ?? [],
    siblingsOf: ({ source, target }) =>
      (incoming.get(target) ?? []).filter((edge) => edges.get(edge)?.source === source),
    edgeOf: (edge) => edgeOf.get(edge) ?? null,
  };
}

function edgesBy(
  edges: ReadonlyMap<number, FoldEdge>,
  end: 'source' | 'target',
): ReadonlyMap<number, number[]> {
  const lists = new Map<number, number[]>();
  for (const edge of edges.values()) {
    const list = lists.get(edge[end]);
    if (list === undefined) lists.set(edge[end], [edge.id]);
    else list.push(edge.id);
  }
  return lists;
}

/** Edges between the same two items are one where either is a group; two nodes keep theirs, `a * a` has two. */
function liftEdges(
  model: Model,
  shown: Shown,
  items: Items,
): { edges: Map<number, FoldEdge>; edgeOf: ReadonlyMap<number, number> } {
  const edges = new Map<number, FoldEdge & { edges: number[] }>();
  const edgeOf = new Map<number, number>();
  const merged = new Map<string, number>();
  const slots = new Map<number, number>();
  for (const id of shown.nodes.flatMap((node) => model.nodes[node]?.incoming ?? [])) {
    const edge = model.edges[id];
    const ends = edge && items.ends(edge);
    if (edge === undefined || ends == null) continue;
    const [source, target] = ends;
    const intoGroup = items.all.get(target)?.kind === 'group';
    const pair = intoGroup || items.all.get(source)?.kind === 'group' ? `${source}>${target}` : `edge ${id}`;
    const first = merged.get(pair) ?? id;
    edgeOf.set(id, first);
    edges.get(first)?.edges.push(id);
    if (first !== id || merged.has(pair)) continue;
    merged.set(pair, id);
    const slot = intoGroup ? (slots.get(target) ?? 0) : edge.inputNr;
    slots.set(target, slot + 1);
    edges.set(id, { id, source, target, slot, edges: [id] });
  }
  return { edges, edgeOf };
}
