import { describe, expect, test } from 'vitest';
import { modelOf, sampleNames } from '../fixtures/samples';
import { answerLayout } from './answer';
import { LABEL_HEIGHT } from './labels';
import { layout } from './layout';
import { layoutToText } from './text';
import type { Layout, LayoutGraph, PlacedNode, Route } from './types';

/** Edges as [source, target]; a target's slots are in the order of its edges. */
function graphOf(
  pairs: readonly (readonly [number, number])[],
  size = { width: 120, height: 60 },
): LayoutGraph {
  const ids = [...new Set(pairs.flat())].sort((a, b) => a - b);
  const slot = (i: number): number =>
    pairs.slice(0, i).filter(([, target]) => target === pairs[i]?.[1]).length;
  return {
    nodes: ids.map((id) => ({ id, ...size })),
    edges: pairs.map(([source, target], i) => ({ id: i, source, target, slot: slot(i) })),
  };
}

/** Reproducible "random" graphs: a linear congruential generator, edges from lower to higher ids. */
function scattered(nodes: number, edges: number, seed: number): LayoutGraph {
  let state = seed;
  const next = (below: number): number => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * below);
  };
  const pairs = Array.from({ length: edges }, () => {
    const target = 1 + next(nodes - 1);
    return [next(target), target] as const;
  });
  const graph = graphOf(pairs);
  const sized = graph.nodes.map((node) => ({ ...node, width: 40 + next(160), height: 30 + next(90) }));
  return { ...graph, nodes: sized };
}

/** h = f(h, w) again and again, with its own or one shared weight. */
function recurrent(steps: number, shared: boolean): LayoutGraph {
  const pairs: [number, number][] = [];
  for (let step = 0; step < steps; step++) {
    const [mixed, out] = [2 + 3 * step, 3 + 3 * step];
    pairs.push([step === 0 ? 0 : out - 3, mixed], [shared ? 1 : 4 + 3 * step + 1e6, mixed], [mixed, out]);
  }
  return graphOf(pairs);
}

function at(found: Layout, id: number): PlacedNode {
  return found.nodes.get(id) as PlacedNode;
}

function route(found: Layout, id: number): Route {
  return found.edges.get(id) as Route;
}

function overlaps(found: Layout): string[] {
  const boxes = [...found.nodes.values()];
  return boxes.flatMap((a, i) =>
    boxes
      .slice(i + 1)
      .filter((b) => Math.abs(a.x - b.x) < (a.width + b.width) / 2 - 1e-6)
      .filter((b) => Math.abs(a.y - b.y) < (a.height + b.height) / 2 - 1e-6)
      .map((b) => `${a.id} and ${b.id}`),
  );
}

/** Edges with a point that lies before the one it follows. */
function againstTheFlow(found: Layout): number[] {
  const offset = found.direction === 'down' ? 1 : 0;
  return [...found.edges.values()].flatMap(({ id, points }) => {
    const along = points.filter((_, i) => i % 2 === offset);
    return along.some((value, i) => i > 0 && value < (along[i - 1] ?? 0) - 1e-6) ? [id] : [];
  });
}

const shapes: readonly (readonly [string, LayoutGraph])[] = [
  [
    'a chain',
    graphOf([
      [0, 1],
      [1, 2],
      [2, 3],
    ]),
  ],
  [
    'a diamond with a long way round',
    graphOf([
      [0, 1],
      [1, 2],
      [2, 4],
      [0, 3],
      [3, 4],
      [0, 4],
    ]),
  ],
  ['a recurrent network', recurrent(30, true)],
  ['a sparse tangle', scattered(60, 80, 1)],
  ['a dense tangle', scattered(40, 160, 2)],
  [
    'two of nothing',
    {
      nodes: [
        { id: 7, width: 50, height: 20 },
        { id: 3, width: 80, height: 40 },
      ],
      edges: [],
    },
  ],
];

describe.each(shapes)('%s', (_, graph) => {
  test.each(['down', 'right'] as const)(
    'going %s: no overlap, one way, ends on borders, within bounds',
    (direction) => {
      const found = layout(graph, { direction });
      expect(overlaps(found)).toEqual([]);
      expect(againstTheFlow(found)).toEqual([]);
      expect(found.nodes.size).toBe(graph.nodes.length);
      expect(found.edges.size).toBe(graph.edges.length);
      for (const { source, target, points } of found.edges.values()) {
        const [from, to] = [at(found, source), at(found, target)];
        const [start, end] = direction === 'down' ? [points[1], points.at(-1)] : [points[0], points.at(-2)];
        expect(start).toBeCloseTo(direction === 'down' ? from.y + from.height / 2 : from.x + from.width / 2);
        expect(end).toBeCloseTo(direction === 'down' ? to.y - to.height / 2 : to.x - to.width / 2);
      }
      const { x, y, width, height } = found.bounds;
      for (const node of found.nodes.values()) {
        expect(node.x - node.width / 2).toBeGreaterThanOrEqual(x);
        expect(node.y + node.height / 2).toBeLessThanOrEqual(y + height);
        expect(node.x + node.width / 2).toBeLessThanOrEqual(x + width);
      }
      for (const { label } of found.edges.values()) {
        if (!label) continue;
        expect(label.x - label.width / 2).toBeGreaterThanOrEqual(x);
        expect(label.x + label.width / 2).toBeLessThanOrEqual(x + width);
        expect(label.y + LABEL_HEIGHT / 2).toBeLessThanOrEqual(y + height);
      }
    },
  );

  test('comes out the same twice', () => {
    const options = { direction: 'down' } as const;
    expect(layoutToText(layout(graph, options))).toBe(layoutToText(layout(graph, options)));
  });
});

describe.each(sampleNames)('the graph of %s', (name) => {
  test('lies without overlap, all edges going down', () => {
    const model = modelOf(name);
    const nodes = model.nodes.map(({ id }) => ({
      id,
      width: 100 + 10 * (id % 5),
      height: 50 + 10 * (id % 3),
    }));
    const edges = model.edges.map(({ id, source, target, inputNr }) => ({
      id,
      source,
      target,
      slot: inputNr,
    }));
    const found = layout({ nodes, edges }, { direction: 'down' });
    expect(overlaps(found)).toEqual([]);
    expect(againstTheFlow(found)).toEqual([]);
  });
});

describe('what a reader expects', () => {
  test('a trunk with a leaf at every operation is one straight line', () => {
    const found = layout(recurrent(40, false), { direction: 'down' });
    const trunk = Array.from({ length: 40 }, (_, step) => at(found, 3 + 3 * step).x);
    expect(Math.max(...trunk) - Math.min(...trunk)).toBeLessThan(1);
  });

  test('a leaf used once stands one layer above its consumer', () => {
    const chain = [
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 4],
    ] as const;
    const found = layout(graphOf([...chain, [9, 4]]), { direction: 'down' });
    expect(at(found, 9).y).toBe(at(found, 3).y);
  });

  test('inputs stand left to right by their slots', () => {
    const found = layout(
      graphOf([
        [2, 5],
        [0, 5],
        [1, 5],
      ]),
      { direction: 'down' },
    );
    expect(at(found, 2).x).toBeLessThan(at(found, 0).x);
    expect(at(found, 0).x).toBeLessThan(at(found, 1).x);
  });

  test('two edges between the same nodes run apart', () => {
    const found = layout(
      graphOf([
        [0, 1],
        [0, 1],
      ]),
      { direction: 'down' },
    );
    expect(Math.abs((route(found, 0).points[0] ?? 0) - (route(found, 1).points[0] ?? 0))).toBeGreaterThan(8);
    expect(at(found, 0).x).toBeCloseTo(at(found, 1).x);
  });

  test('branches of a diamond lie on either side of it', () => {
    const found = layout(
      graphOf([
        [0, 1],
        [0, 2],
        [1, 3],
        [2, 3],
      ]),
      { direction: 'down' },
    );
    expect(at(found, 0).x).toBeCloseTo((at(found, 1).x + at(found, 2).x) / 2);
    expect(at(found, 3).x).toBeCloseTo(at(found, 0).x);
  });
});

describe('what must not break it', () => {
  test('nothing at all', () => {
    const found = layout({ nodes: [], edges: [] }, { direction: 'down' });
    expect(found.bounds).toEqual({ x: 0, y: 0, width: 0, height: 0 });
  });

  test('cycles, edges to oneself and to nobody', () => {
    const graph = graphOf([
      [0, 1],
      [1, 2],
      [2, 0],
      [1, 1],
    ]);
    const stray = { id: 99, source: 0, target: 77, slot: 0 };
    const found = layout({ ...graph, edges: [...graph.edges, stray] }, { direction: 'down' });
    expect(overlaps(found)).toEqual([]);
    expect([...found.edges.keys()].sort()).toEqual([0, 1, 2]);
    const back = route(found, 2);
    expect(back.points[1]).toBeGreaterThan(back.points.at(-1) ?? 0);
  });

  test.each([
    ['a chain of 5,000', graphOf(Array.from({ length: 4999 }, (_, i) => [i, i + 1] as const))],
    ['one weight used 1,700 times', recurrent(1700, true)],
  ])('%s comes out whole', (_, graph) => {
    const found = layout(graph, { direction: 'down' });
    expect(found.edges.size).toBe(graph.edges.length);
    expect(againstTheFlow(found)).toEqual([]);
  });
});

describe('the worker', () => {
  test("answers with the request's id", () => {
    const graph = graphOf([[0, 1]]);
    const answer = answerLayout({ type: 'layout', id: 42, graph, options: { direction: 'down' } });
    expect(answer).toMatchObject({ type: 'laid-out', id: 42, layout: { direction: 'down' } });
  });

  test('answers what goes wrong with a message', () => {
    const broken = { type: 'layout', id: 7, graph: null, options: { direction: 'down' } } as never;
    expect(answerLayout(broken)).toMatchObject({
      type: 'failed',
      id: 7,
      message: expect.stringMatching(/./) as string,
    });
  });
});
