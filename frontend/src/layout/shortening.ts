/** Places within layers with the least weighted sum of sideways ways, by the network simplex. */
import { int, joined, real } from './arrays';
import type { LayerRow } from './coordinates';
import type { ProperGraph } from './proper';
import { shortest, type Spacing } from './simplex';

const BUDGET = 1_500_000;

/** Of the pull that keeps a section's two joints in line, so that many sections do not drift aside. */
const IN_LINE = 2;

/**
 * From places that keep order and gaps; no link between nodes counts for more than `trunk`, and two
 * joints pull as if they were linked. A way is asked for by a vertex of its own, left of both its ends.
 */
export function shortenAcross(
  graph: ProperGraph,
  rows: readonly LayerRow[],
  x: Float64Array,
  trunk: number,
): Float64Array {
  const pulls = pullsOf(graph, trunk);
  const links = pulls.upper.length;
  const neighbours = rows.reduce((sum, { vertices }) => sum + Math.max(0, vertices.length - 1), 0);
  const edges = 2 * links + neighbours;
  const [tail, head] = [new Int32Array(edges), new Int32Array(edges)];
  const [least, weight] = [new Float64Array(edges), new Float64Array(edges)];
  const start = new Float64Array(graph.count + links);
  start.set(x);
  for (let link = 0; link < links; link++) {
    const [u, v] = [int(pulls.upper, link), int(pulls.lower, link)];
    const own = graph.count + link;
    const [from, to] = [real(pulls.upperAside, link), real(pulls.lowerAside, link)];
    const most = Math.max(from, to);
    least[2 * link] = most - from;
    least[2 * link + 1] = most - to;
    start[own] = Math.min(real(x, u) + from, real(x, v) + to) - most;
    tail.fill(own, 2 * link, 2 * link + 2);
    head[2 * link] = u;
    head[2 * link + 1] = v;
    weight.fill(real(pulls.weight, link), 2 * link, 2 * link + 2);
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

type Pulls = Pick<ProperGraph, 'upper' | 'lower' | 'upperAside' | 'lowerAside' | 'weight'>;

/** The links, and one more between two joints. */
function pullsOf({ joints, ...graph }: ProperGraph, trunk: number): Pulls {
  const weight = graph.weight.map((own, link) => {
    const bent = int(graph.upper, link) >= graph.real || int(graph.lower, link) >= graph.real;
    return bent ? own : Math.min(trunk, own);
  });
  const [above, below] = joints;
  if (above === undefined || below === undefined) return { ...graph, weight };
  return {
    upper: joined(graph.upper, Int32Array.of(above)),
    lower: joined(graph.lower, Int32Array.of(below)),
    upperAside: withLast(graph.upperAside, 0),
    lowerAside: withLast(graph.lowerAside, 0),
    weight: withLast(weight, IN_LINE),
  };
}

function withLast(values: Float64Array, last: number): Float64Array {
  const all = new Float64Array(values.length + 1).fill(last);
  all.set(values);
  return all;
}
