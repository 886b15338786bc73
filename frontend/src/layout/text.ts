/** The layout's text twin: nodes by place with rounded centres, edges with their ends. */
import { item } from './arrays';
import type { Layout, Route } from './types';

export function layoutToText(layout: Layout): string {
  const { width, height } = layout.bounds;
  const nodes = [...layout.nodes.values()].map(
    (node) =>
      `node ${node.id} at ${round(node.x)},${round(node.y)} size ${round(node.width)}×${round(node.height)}`,
  );
  const boxes = [...layout.boxes.values()].map(
    (box) => `box ${box.id} at ${round(box.x)},${round(box.y)} size ${round(box.width)}×${round(box.height)}`,
  );
  const edges = [...layout.edges.values()].map(edgeLine);
  return (
    [`layout ${layout.direction} ${round(width)}×${round(height)}`, ...boxes, ...nodes, ...edges].join('\n') +
    '\n'
  );
}

function edgeLine(edge: Route): string {
  const at = (i: number): string => `${round(item(edge.points, i))},${round(item(edge.points, i + 1))}`;
  const pieces = (edge.points.length - 2) / 6;
  return `edge ${edge.id} ${edge.source} -> ${edge.target} from ${at(0)} to ${at(edge.points.length - 2)} in ${pieces}`;
}

function round(value: number): number {
  return Math.round(value) + 0;
}
