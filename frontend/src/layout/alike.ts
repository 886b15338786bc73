/** Layouts for graphs that are the same but for their ids: found once, then renamed. */
import type { Layout, LayoutGraph } from './types';

/** Whether two graphs differ in nothing but ids, node by node and edge by edge in their order. */
export function sameShape(a: LayoutGraph, b: LayoutGraph): boolean {
  if (a.nodes.length !== b.nodes.length || a.edges.length !== b.edges.length) return false;
  const names = new Map(a.nodes.map(({ id }, i) => [id, b.nodes[i]?.id]));
  return (
    a.nodes.every(({ width, height }, i) => b.nodes[i]?.width === width && b.nodes[i].height === height) &&
    a.edges.every(({ source, target, slot }, i) => {
      const other = b.edges[i];
      return (
        other?.source === names.get(source) && other?.target === names.get(target) && other?.slot === slot
      );
    })
  );
}

/** The layout of `a` with the ids of `b`; the two have the same shape. */
export function renamed(layout: Layout, a: LayoutGraph, b: LayoutGraph): Layout {
  const nodes = namesFrom(a.nodes, b.nodes);
  const edges = namesFrom(a.edges, b.edges);
  return {
    ...layout,
    nodes: withIds(layout.nodes.values(), (node) => ({ ...node, id: nodes(node.id) })),
    edges: withIds(layout.edges.values(), (route) => ({
      ...route,
      id: edges(route.id),
      source: nodes(route.source),
      target: nodes(route.target),
    })),
  };
}

type Named = { readonly id: number };

function namesFrom(from: readonly Named[], to: readonly Named[]): (id: number) => number {
  const names = new Map(from.map(({ id }, i) => [id, to[i]?.id ?? id]));
  return (id) => names.get(id) ?? id;
}

function withIds<T extends Named>(items: Iterable<T>, change: (item: T) => T): Map<number, T> {
  return new Map(
    Array.from(items, (item) => {
      const changed = change(item);
      return [changed.id, changed];
    }),
  );
}
