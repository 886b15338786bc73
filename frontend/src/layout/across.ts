/** Where each vertex stands across the layers: section by section, those of one shape once, hung one on another. */
import { int, real } from './arrays';
import { placeAcross } from './coordinates';
import { effortFor, orderLayers } from './ordering';
import type { ProperGraph } from './proper';
import { Cutter, type Section } from './sections';

/** Centres, the leftmost border of a node at 0. */
export function placeSections(graph: ProperGraph, across: Float64Array, gap: number): Float64Array {
  const sections = new Cutter(graph).sections();
  const shapes = sections.map((section) => shapeOf(section, graph, across));
  const known = new Map(shapes.map((shape, i) => [shape, sections[i] as Section]));
  const links = Array.from(known.values(), (section) => section.graph.upper.length);
  const effort = effortFor(links.reduce((sum, each) => sum + each, 0));
  const places = new Map<string, Float64Array>();
  for (const [shape, section] of known) {
    const own = Float64Array.from(section.vertices, (v) => (v < graph.real ? real(across, v) : 0));
    places.set(shape, placeAcross(section.graph, orderLayers(section.graph, effort), own, gap));
  }
  const x = new Float64Array(graph.count);
  sections.forEach((section, i) => hang(x, section, places.get(shapes[i] ?? '') ?? x));
  return fromZero(x, graph, across);
}

/** Equal for sections that differ in nothing but where they are in the whole. */
function shapeOf({ graph, vertices, joint }: Section, whole: ProperGraph, across: Float64Array): string {
  const numbers: number[] = [graph.real, graph.upper.length, vertices.indexOf(joint), ...graph.joints];
  vertices.forEach((v, i) => {
    numbers.push(int(graph.layers, i));
    if (v < whole.real) numbers.push(real(across, v), int(graph.depths, i));
  });
  graph.upper.forEach((u, link) => {
    numbers.push(u, int(graph.lower, link), real(graph.weight, link));
    numbers.push(real(graph.upperAside, link), real(graph.lowerAside, link));
  });
  return `${numbers.join()};${graph.firstBend.join()}`;
}

/** Moves a section sideways to where the vertex that it hangs on is. */
function hang(x: Float64Array, { vertices, joint }: Section, places: Float64Array): void {
  const [from, to] = joint < 0 ? [0, 0] : [real(places, vertices.indexOf(joint)), real(x, joint)];
  vertices.forEach((v, i) => (x[v] = to + Math.round((real(places, i) - from) * GRID) / GRID));
}

/** On a grid of binary fractions sums are exact, and copies of a section the same to the last bit. */
const GRID = 64;

function fromZero(x: Float64Array, graph: ProperGraph, across: Float64Array): Float64Array {
  let least = Infinity;
  for (let v = 0; v < graph.real; v++) least = Math.min(least, real(x, v) - real(across, v) / 2);
  return x.map((place) => place - least);
}
