/** Where each vertex stands across the layers: section by section, those of one shape once, hung one on another. */
import { int, real } from './arrays';
import { placeAcross } from './coordinates';
import { effortFor, LARGE, orderLayers } from './ordering';
import type { ProperGraph } from './proper';
import { Cutter, type Section } from './sections';

/** Centres, the leftmost border of a node at 0. */
export function placeSections(graph: ProperGraph, across: Float64Array, gap: number): Float64Array {
  const cutter = new Cutter(graph);
  const sections = cutter.sections();
  const shapes = sections.map((section) => (section.straight ? null : cutter.shapeOf(section, across)));
  const known = new Map<string, Section>();
  sections.forEach((section, i) => {
    const shape = shapes[i];
    if (typeof shape === 'string' && !known.has(shape)) known.set(shape, section);
  });
  const links = Array.from(known.values(), (section) => section.links.length);
  const effort = effortFor(
    links.reduce((sum, each) => sum + each, 0),
    graph.real,
  );
  const places = new Map<string | null | undefined, Float64Array>();
  for (const [shape, section] of known) {
    const own = Float64Array.from(section.vertices, (v) => (v < graph.real ? real(across, v) : 0));
    const alone = cutter.graphOf(section);
    places.set(
      shape,
      placeAcross(alone, orderLayers(alone, effort), own, { gap, maySway: graph.real < LARGE }),
    );
  }
  const x = new Float64Array(graph.count);
  sections.forEach((section, i) => {
    const own = places.get(shapes[i]);
    if (own === undefined) goOn(x, section, graph);
    else hang(x, section, own);
  });
  return fromZero(x, graph, across);
}

/** What is straight leads on from what it hangs on. */
function goOn(
  x: Float64Array,
  { links }: Section,
  { upper, lower, upperAside, lowerAside }: ProperGraph,
): void {
  for (const link of links)
    x[int(lower, link)] = real(x, int(upper, link)) + real(upperAside, link) - real(lowerAside, link);
}

/** Moves a section sideways to where the vertex that it hangs on is. */
function hang(x: Float64Array, { vertices, above }: Section, places: Float64Array): void {
  const [from, to] = above < 0 ? [0, 0] : [real(places, vertices.indexOf(above)), real(x, above)];
  vertices.forEach((v, i) => (x[v] = to + Math.round((real(places, i) - from) * GRID) / GRID));
}

/** On a grid of binary fractions sums are exact, and copies of a section the same to the last bit. */
const GRID = 64;

function fromZero(x: Float64Array, graph: ProperGraph, across: Float64Array): Float64Array {
  let least = Infinity;
  for (let v = 0; v < graph.real; v++) least = Math.min(least, real(x, v) - real(across, v) / 2);
  return x.map((place) => place - least);
}
