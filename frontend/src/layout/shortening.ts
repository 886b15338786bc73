/** Places within layers with the least weighted sum of sideways ways, by the network simplex. */
import { int, real } from './arrays';
import type { LayerRow } from './coordinates';
import type { ProperGraph } from './proper';
import { shortest, type Spacing } from './simplex';

const BUDGET = 1_500_000;

/** From places that keep order and gaps; no link between nodes counts for more than `trunk`. A link's way is asked for by a vertex of its own, left of both its ends. */
export function shortenAcross(
  graph: ProperGraph,
  rows: readonly LayerRow[],
  x: Float64Array,
  trunk: number,
): Float64Array {
  const links = graph.upper.length;
  const neighbours = rows.reduce((sum, { vertices }) => sum + Math.max(0, vertices.length - 1), 0);
  const edges = 2 * links + neighbours;
  const [tail, head] = [new Int32Array(edges), new Int32Array(edges)];
  const [least, weight] = [new Float64Array(edges), new Float64Array(edges)];
  const start = new Float64Array(graph.count + links);
  start.set(x);
  for (let link = 0; link < links; link++) {
    const [u, v] = [int(graph.upper, link), int(graph.lower, link)];
    const own = graph.count + link;
    const [from, to] = [real(graph.upperAside, link), real(graph.lowerAside, link)];
    const most = Math.max(from, to);
    least[2 * link] = most - from;
    least[2 * link + 1] = most - to;
    start[own] = Math.min(real(x, u) + from, real(x, v) + to) - most;
    tail.fill(own, 2 * link, 2 * link + 2);
    head[2 * link] = u;
    head[2 * link + 1] = v;
    const heaviest = u < graph.real && v < graph.real ? trunk : Infinity;
    weight.fill(Math.min(heaviest, real(graph.weight, link)), 2 * link, 2 * link + 2);
  }
  let e = 2 * links;
  for (const { vertices, gaps } of rows) {
    for (let i = 1; i < vertices.length; i++, e++) {
      tail[e] = int(vertices, i - 1);
      head[e] = int(vertices, i);
      least[e] = real(gaps, i);
    }
  }
  const spacing: Spacing = { count: graph.count + links, tail, head, least, weight };
  return shortest(spacing, start, BUDGET, true).slice(0, graph.count);
}
