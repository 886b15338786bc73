/** A graph's connected parts, laid out one by one, then put side by side in rows. */
import { indices, int, item } from './arrays';
import type { Direction, LayoutGraph, Point, Size } from './types';

/** Parts in the order of their first nodes, each with its nodes and edges in the graph's order. */
export function connectedParts(graph: LayoutGraph): LayoutGraph[] {
  const { indexOf, rootOf, count } = joinEnds(graph);
  if (count < 2) return count === 0 ? [] : [graph];
  const parts = new Map<
    number,
    { nodes: LayoutGraph['nodes'][number][]; edges: LayoutGraph['edges'][number][] }
  >();
  graph.nodes.forEach((node, i) => {
    const root = rootOf(i);
    const part = parts.get(root);
    if (part === undefined) parts.set(root, { nodes: [node], edges: [] });
    else part.nodes.push(node);
  });
  for (const edge of graph.edges) {
    const source = indexOf.get(edge.source);
    if (source !== undefined) parts.get(rootOf(source))?.edges.push(edge);
  }
  return [...parts.values()];
}

interface Joined {
  readonly indexOf: ReadonlyMap<number, number>;
  /** Of each node, by its index, that of its part's root. */
  readonly rootOf: (index: number) => number;
  /** How many parts there are. */
  readonly count: number;
}

/** Disjoint sets with halved paths. */
function joinEnds({ nodes, edges }: LayoutGraph): Joined {
  const indexOf = new Map<number, number>();
  nodes.forEach(({ id }, i) => indexOf.set(id, i));
  const parent = indices(nodes.length);
  const rootOf = (index: number): number => {
    let at = index;
    while (int(parent, at) !== at) {
      parent[at] = int(parent, int(parent, at));
      at = int(parent, at);
    }
    return at;
  };
  let count = nodes.length;
  for (const { source, target } of edges) {
    const [from, to] = [indexOf.get(source), indexOf.get(target)];
    if (from === undefined || to === undefined) continue;
    const [one, other] = [rootOf(from), rootOf(to)];
    if (one === other) continue;
    parent[other] = one;
    count--;
  }
  return { indexOf, rootOf, count };
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
