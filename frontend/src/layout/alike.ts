/** Layouts for graphs that are the same but for their ids: found once, then renamed. */
import type { Layout, LayoutBox, LayoutGraph, LayoutNode, Size } from './types';

/** Whether two graphs differ in nothing but ids, node by node, edge by edge and box by box in their order. */
export function sameShape(a: LayoutGraph, b: LayoutGraph): boolean {
  const [ours, theirs] = [boxesOf(a), boxesOf(b)];
  const lengths = ({ nodes, edges, boxes }: LayoutGraph): string =>
    [nodes.length, edges.length, boxes?.length ?? 0].join();
  if (lengths(a) !== lengths(b)) return false;
  const names = new Map(a.nodes.map(({ id }, i) => [id, b.nodes[i]?.id]));
  const boxes = new Map(ours.map(({ id }, i) => [id, theirs[i]?.id]));
  const sameHome = (one: Housed, other: Housed): boolean =>
    (one.box ?? null) === null ? (other.box ?? null) === null : boxes.get(one.box ?? -1) === other.box;
  return (
    a.nodes.every((node, i) => {
      const other = b.nodes[i];
      return (
        other !== undefined &&
        sameSize(node, other) &&
        node.crown === other.crown &&
        node.end === other.end &&
        sameHome(node, other)
      );
    }) &&
    ours.every((box, i) => {
      const other = theirs[i];
      return other !== undefined && sameSize(box.header, other.header) && sameHome(box, other);
    }) &&
    a.edges.every(({ source, target, slot }, i) => {
      const other = b.edges[i];
      return (
        other?.source === names.get(source) && other?.target === names.get(target) && other?.slot === slot
      );
    })
  );
}

type Housed = Pick<LayoutNode, 'box'>;

function boxesOf({ boxes = [] }: LayoutGraph): readonly LayoutBox[] {
  return boxes;
}

function sameSize(a: Size, b: Size): boolean {
  return a.width === b.width && a.height === b.height;
}

/** The layout of `a` with the ids of `b`; the two have the same shape. */
export function renamed(layout: Layout, a: LayoutGraph, b: LayoutGraph): Layout {
  const nodes = namesFrom(a.nodes, b.nodes);
  const edges = namesFrom(a.edges, b.edges);
  const boxes = namesFrom(boxesOf(a), boxesOf(b));
  return {
    ...layout,
    nodes: withIds(layout.nodes.values(), (node) => ({ ...housed(node, boxes), id: nodes(node.id) })),
    boxes: withIds(layout.boxes.values(), (box) => ({ ...housed(box, boxes), id: boxes(box.id) })),
    edges: withIds(layout.edges.values(), (route) => ({
      ...route,
      id: edges(route.id),
      source: nodes(route.source),
      target: nodes(route.target),
    })),
  };
}

function housed<T extends Housed>(item: T, boxes: (id: number) => number): T {
  return item.box === undefined || item.box === null ? item : { ...item, box: boxes(item.box) };
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
