/** A graph's connected parts, laid out one by one, then put side by side in rows. */
import { item } from './arrays';
import type { Direction, LayoutGraph, Point, Size } from './types';

/** Parts in the order of their first nodes, each with its nodes and edges in the graph's order. */
export function connectedParts(graph: LayoutGraph): LayoutGraph[] {
  const rootOf = joinEnds(graph);
  const parts = new Map<
    number,
    { nodes: LayoutGraph['nodes'][number][]; edges: LayoutGraph['edges'][number][] }
  >();
  for (const node of graph.nodes) {
    const root = rootOf(node.id);
    const part = parts.get(root);
    if (part === undefined) parts.set(root, { nodes: [node], edges: [] });
    else part.nodes.push(node);
  }
  for (const edge of graph.edges) parts.get(rootOf(edge.source))?.edges.push(edge);
  return [...parts.values()];
}

/** Disjoint sets with halved paths: for each node's id that of its part's root. */
function joinEnds({ nodes, edges }: LayoutGraph): (id: number) => number {
  const parent = new Map(nodes.map(({ id }) => [id, id]));
  const rootOf = (id: number): number => {
    for (let at = id; ;) {
      const up = parent.get(at) ?? at;
      if (up === at) return at;
      const above = parent.get(up) ?? up;
      parent.set(at, above);
      at = above;
    }
  };
  for (const { source, target } of edges) {
    if (parent.has(source) && parent.has(target)) parent.set(rootOf(target), rootOf(source));
  }
  return rootOf;
}

const ASPECT = 1.6;

/** The left top of each box, from left to right in rows about as wide as they are high together. */
export function inRows(boxes: readonly Size[], gap: number): Point[] {
  const area = boxes.reduce((sum, { width, height }) => sum + (width + gap) * (height + gap), 0);
  const widest = boxes.reduce((most, { width }) => Math.max(most, width), 0);
  const room = Math.max(widest, Math.sqrt(area * ASPECT));
  let [x, y, tallest] = [0, 0, 0];
  return boxes.map((_, i) => {
    const { width, height } = item(boxes, i);
    if (x > 0 && x + width > room) [x, y, tallest] = [0, y + tallest + gap, 0];
    const at = { x, y };
    x += width + gap;
    tallest = Math.max(tallest, height);
    return at;
  });
}

/** The left top of each box, all beside each other across the way of the data. */
export function inLine(boxes: readonly Size[], gap: number, direction: Direction): Point[] {
  let next = 0;
  return boxes.map(({ width, height }) => {
    const at = direction === 'down' ? { x: next, y: 0 } : { x: 0, y: next };
    next += gap + (direction === 'down' ? width : height);
    return at;
  });
}
