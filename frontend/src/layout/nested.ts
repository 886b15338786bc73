/**
 * Boxes in boxes: what is in a box is laid out first, as a flat graph, and then stands as one node in the level around
 * it. So only what is open costs, and around a box that opens the order stays. Model Explorer lays out alike.
 */
import { item } from './arrays';
import { boundsOf } from './bounds';
import { joinStretches } from './joints';
import { aroundLabels, placeLabels } from './labels';
import { layout } from './layout';
import { insideOf, type Inside } from './inside';
import { takeApart, type Home, type Levels } from './levels';
import { LevelMemory } from './memory';
import type { Layout, LayoutGraph, LayoutOptions, PlacedBox, PlacedNode, Point, Route } from './types';

/** `memory` keeps levels from call to call, so that what did not change is not laid out again. */
export function layoutNested(
  graph: LayoutGraph,
  options: LayoutOptions,
  memory: LevelMemory = new LevelMemory(),
): Layout {
  if (graph.boxes === undefined || graph.boxes.length === 0) return layout(graph, options);
  const levels = takeApart(graph);
  const insides = new Map<Home, Inside>();
  for (const level of [...levels.all.values()].reverse()) {
    insides.set(level.box?.id ?? null, insideOf(level, insides, options, memory));
  }
  const { nodes, boxes, origins } = placeAll(levels, insides);
  const placed = graph.nodes.flatMap(({ id }) => nodes.get(id) ?? []);
  const lines = graph.edges.flatMap(({ id, source, target }) => {
    const stretches = levels.stretches.get(id);
    if (stretches === undefined) return [];
    const points = joinStretches(stretches, insides, origins, options.direction);
    return [{ id, source, target, points }];
  });
  const headers = Array.from(boxes.values(), headerPlace);
  const labels = placeLabels([...placed, ...headers], lines, options.direction);
  const edges = lines.map((line, e): Route => ({ ...line, label: item(labels, e) }));
  return {
    direction: options.direction,
    nodes: new Map(placed.map((node) => [node.id, node])),
    edges: new Map(edges.map((edge) => [edge.id, edge])),
    boxes,
    bounds: aroundLabels(boundsOf([...placed, ...boxes.values()], edges), labels),
  };
}

/** What is written at the top of a box, where no number of an edge should lie. */
function headerPlace({ id, x, y, width, height, header }: PlacedBox): PlacedNode {
  const [left, top] = [x - width / 2, y - height / 2];
  return { id, x: left + header.width / 2, y: top + header.height / 2, ...header };
}

interface Placed {
  readonly nodes: Map<number, PlacedNode>;
  readonly boxes: Map<number, PlacedBox>;
  /** Where each level's own origin lies. */
  readonly origins: Map<Home, Point>;
}

/** From the outermost level inwards, everything where it is. */
function placeAll(levels: Levels, insides: ReadonlyMap<Home, Inside>): Placed {
  const placed: Placed = { nodes: new Map(), boxes: new Map(), origins: new Map([[null, { x: 0, y: 0 }]]) };
  for (const [home, { nodes, boxes }] of levels.all) {
    const origin = placed.origins.get(home) ?? { x: 0, y: 0 };
    const within = insides.get(home)?.layout.nodes;
    const at = (id: number): Point => {
      const { x = 0, y = 0 } = within?.get(id) ?? {};
      return { x: origin.x + x, y: origin.y + y };
    };
    for (const { id, width, height } of nodes)
      placed.nodes.set(id, { id, width, height, ...at(id), box: home });
    for (const box of boxes) {
      const inside = insides.get(box);
      if (inside === undefined) continue;
      const { x, y } = at(box);
      const { frame } = inside;
      const corner = { x: x - frame.width / 2, y: y - frame.height / 2 };
      placed.origins.set(box, { x: corner.x - frame.x, y: corner.y - frame.y });
      placed.boxes.set(box, {
        id: box,
        box: home,
        header: levels.all.get(box)?.box?.header ?? { width: 0, height: 0 },
        x,
        y,
        width: frame.width,
        height: frame.height,
      });
    }
  }
  return placed;
}
