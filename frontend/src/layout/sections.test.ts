import { expect, test } from 'vitest';
import { chain, comb, ladder } from '../fixtures/layouts';
import { denseGraph } from './dense';
import { layout } from './layout';
import { assignLayers } from './layering';
import { properGraph, type ProperGraph } from './proper';
import { Cutter, type Section } from './sections';
import type { LayoutGraph } from './types';

function proper(graph: LayoutGraph): ProperGraph {
  const dense = denseGraph(graph);
  return properGraph(dense, assignLayers(dense));
}

function sectionsOf(graph: LayoutGraph): Section[] {
  return new Cutter(proper(graph)).sections();
}

test('a graph is cut wherever all links between two layers share an end', () => {
  expect(sectionsOf(comb(4)).map(({ links }) => links.length)).toEqual([2, 2, 2, 2, 0]);
});

test('a straight run is one section, however long it is and whatever is around it', () => {
  const runs = (graph: LayoutGraph): number[][] =>
    sectionsOf(graph).flatMap(({ straight, vertices }) => (straight ? [[...vertices]] : []));
  expect(runs(chain(5))).toEqual([[0, 1, 2, 3, 4], [4]]);
  const size = { width: 120, height: 40 };
  const pairs = [
    [0, 1],
    [0, 2],
    [1, 3],
    [2, 3],
    [3, 4],
    [4, 5],
    [5, 6],
    [5, 7],
    [6, 8],
    [7, 8],
  ] as const;
  const between = {
    nodes: Array.from({ length: 9 }, (_, id) => ({ id, ...size })),
    edges: pairs.map(([source, target], id) => ({ id, source, target, slot: 0 })),
  };
  expect(runs(between)).toEqual([[0], [3, 4, 5], [5], [8]]);
  const { nodes } = layout(between, { direction: 'down' });
  expect([3, 4, 5].map((id) => nodes.get(id)?.x)).toEqual(Array(3).fill(nodes.get(0)?.x));
});

test('every link is in one section, every vertex too but for the joints', () => {
  const whole = proper(ladder(5));
  const sections = new Cutter(whole).sections();
  const links = sections.flatMap((section) => [...section.links]);
  expect(links.sort((a, b) => a - b)).toEqual(Array.from(whole.upper, (_, link) => link));
  const met = new Set(sections.flatMap(({ vertices }) => [...vertices]));
  expect(met.size).toBe(whole.count);
  sections.slice(1).forEach(({ vertices, above }, i) => {
    expect([...vertices].filter((v) => sections[i]?.vertices.includes(v))).toEqual([above]);
  });
});

test('however many blocks follow each other, they do not drift aside', () => {
  const width = (blocks: number): number => layout(ladder(blocks), { direction: 'down' }).bounds.width;
  expect(width(24)).toBeLessThan(width(3) * 1.5);
});
