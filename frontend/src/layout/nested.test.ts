import { describe, expect, test } from 'vitest';
import { answerLayout } from './answer';
import { LABEL_HEIGHT } from './labels';
import { layout } from './layout';
import { LevelMemory } from './memory';
import { layoutNested } from './nested';
import type { Direction, Layout, LayoutBox, LayoutGraph, PlacedNode } from './types';

const HEADER = { width: 90, height: 24 };

/** Nodes as "id" or "id in box", boxes alike, edges as "source target". */
function graphOf(
  nodes: readonly string[],
  edges: readonly string[],
  boxes: readonly string[] = [],
): LayoutGraph {
  const read = (text: string): { id: number; box: number | null } => {
    const [id = '', box] = text.split(' in ');
    return { id: Number(id), box: box === undefined ? null : Number(box) };
  };
  return {
    nodes: nodes.map((text) => ({ ...read(text), width: 100, height: 50 })),
    edges: edges.map((text, id) => {
      const [source = 0, target = 0] = text.split(' ').map(Number);
      const slot = edges.slice(0, id).filter((other) => other.endsWith(` ${target}`)).length;
      return { id, source, target, slot };
    }),
    boxes: boxes.map((text): LayoutBox => ({ ...read(text), header: HEADER })),
  };
}

/** 0 → [100: 1 → [101: 2, 3] → 4] → 5, around 100 an edge from 0 to 5, and a sibling 6. */
const graph = graphOf(
  ['0', '1 in 100', '2 in 101', '3 in 101', '4 in 100', '5', '6'],
  ['0 1', '1 2', '1 3', '2 4', '3 4', '4 5', '0 5', '0 6', '6 5'],
  ['100', '101 in 100'],
);

function edgesOf({ x, y, width, height }: PlacedNode): [number, number, number, number] {
  return [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
}

function holds(outer: PlacedNode, inner: PlacedNode): boolean {
  const [a, b] = [edgesOf(outer), edgesOf(inner)];
  return a[0] <= b[0] && a[1] <= b[1] && a[2] >= b[2] && a[3] >= b[3];
}

function apart(a: PlacedNode, b: PlacedNode): boolean {
  const [one, other] = [edgesOf(a), edgesOf(b)];
  return one[0] >= other[2] || other[0] >= one[2] || one[1] >= other[3] || other[1] >= one[3];
}

function isAt(found: Layout, id: number): PlacedNode {
  return (found.nodes.get(id) ?? found.boxes.get(id)) as PlacedNode;
}

describe.each(['down', 'right'] as Direction[])('going %s', (direction) => {
  const found = layoutNested(graph, { direction });

  test('boxes are around what is in them, and around nothing else', () => {
    for (const id of [1, 101, 4]) expect(holds(isAt(found, 100), isAt(found, id))).toBe(true);
    for (const id of [2, 3]) expect(holds(isAt(found, 101), isAt(found, id))).toBe(true);
    for (const id of [0, 5, 6]) expect(apart(isAt(found, 100), isAt(found, id))).toBe(true);
    for (const id of [1, 4]) expect(apart(isAt(found, 101), isAt(found, id))).toBe(true);
  });

  test('routes run from border to border in one piece, through as many boxes as there are', () => {
    for (const { points, source, target } of found.edges.values()) {
      const [a, b] = [isAt(found, source), isAt(found, target)];
      const along = direction === 'down' ? 1 : 0;
      const [from, to] = [points[along] ?? NaN, points.at(along - 2) ?? NaN];
      const half = (node: PlacedNode): number => (direction === 'down' ? node.height : node.width) / 2;
      const middle = (node: PlacedNode): number => (direction === 'down' ? node.y : node.x);
      expect(from).toBeCloseTo(middle(a) + half(a));
      expect(to).toBeCloseTo(middle(b) - half(b));
      expect((points.length - 2) % 6).toBe(0);
    }
  });

  test('the header has its room', () => {
    const [, top] = edgesOf(isAt(found, 101));
    for (const id of [2, 3]) expect(edgesOf(isAt(found, id))[1] - top).toBeGreaterThanOrEqual(HEADER.height);
  });

  test('the bounds hold everything', () => {
    const { x, y, width, height } = found.bounds;
    const all: PlacedNode = { id: -1, x: x + width / 2, y: y + height / 2, width, height };
    for (const place of [...found.nodes.values(), ...found.boxes.values()])
      expect(holds(all, place)).toBe(true);
    for (const { id, label } of found.edges.values())
      if (label) expect(holds(all, { id, ...label, height: LABEL_HEIGHT })).toBe(true);
  });
});

test('without boxes it is the flat layout', () => {
  const flat = graphOf(['0', '1', '2'], ['0 1', '1 2']);
  expect(layoutNested(flat, { direction: 'down' })).toEqual(layout(flat, { direction: 'down' }));
});

test('a chain goes straight through a box', () => {
  const found = layoutNested(
    graphOf(['0', '1 in 9', '2 in 9', '3 in 9', '4'], ['0 1', '1 2', '3 2', '2 4'], ['9']),
    { direction: 'down' },
  );
  const { points = [] } = found.edges.get(3) ?? {};
  const xs = points.filter((_, i) => i % 2 === 0);
  expect(Math.max(...xs) - Math.min(...xs)).toBeLessThan(1);
});

test('what is around a box keeps its order when the box opens', () => {
  const closed = graphOf(['0', '1', '2', '9', '4', '5'], ['0 1', '0 2', '0 9', '1 4', '2 4', '9 4', '4 5']);
  const open = graphOf(
    ['0', '1', '2', '7 in 9', '8 in 9', '4', '5'],
    ['0 1', '0 2', '0 7', '1 4', '2 4', '8 4', '4 5', '7 8'],
    ['9'],
  );
  const order = (found: Layout): number[] => [1, 2, 9].sort((a, b) => isAt(found, a).x - isAt(found, b).x);
  const options = { direction: 'down' } as const;
  expect(order(layoutNested(open, options))).toEqual(order(layoutNested(closed, options)));
});

test('identical boxes are drawn identically, and laid out once', () => {
  const nodes = [
    '0',
    ...[1, 2, 3].flatMap((i) => [`${10 * i} in ${i + 500}`, `${10 * i + 1} in ${i + 500}`]),
  ];
  const edges = ['0 10', '10 11', '11 20', '20 21', '21 30', '30 31'];
  const memory = new LevelMemory();
  const found = layoutNested(graphOf(nodes, edges, ['501', '502', '503']), { direction: 'down' }, memory);
  const [first, second, third] = [501, 502, 503].map((id) => isAt(found, id));
  expect([second?.width, third?.height]).toEqual([first?.width, first?.height]);
  for (const [box, node] of [
    [502, 20],
    [503, 30],
  ] as const) {
    expect(isAt(found, node).x - isAt(found, box).x).toBeCloseTo(isAt(found, 10).x - isAt(found, 501).x);
    expect(isAt(found, node).y - isAt(found, box).y).toBeCloseTo(isAt(found, 10).y - isAt(found, 501).y);
  }
});

test('a request with boxes is answered with boxes', () => {
  const answer = answerLayout({ type: 'layout', id: 1, graph, options: { direction: 'down' } });
  expect(answer.type === 'laid-out' && [...answer.layout.boxes.keys()]).toEqual([100, 101]);
});

test('a row of blocks that lead from one side to the other stands upright', () => {
  const [nodes, edges]: [string[], string[]] = [['0'], []];
  for (let block = 0; block < 6; block++) {
    const [first, box] = [1 + 3 * block, 900 + block];
    nodes.push(...[0, 1, 2].map((i) => `${first + i} in ${box}`));
    const before = first - 1;
    edges.push(
      ...[first, first + 2].map((id) => `${before} ${id}`),
      `${first} ${first + 1}`,
      `${first + 1} ${first + 2}`,
    );
  }
  const found = layoutNested(
    graphOf(
      nodes,
      edges,
      [0, 1, 2, 3, 4, 5].map((block) => String(900 + block)),
    ),
    { direction: 'down' },
  );
  const xs = [...found.boxes.values()].map(({ x }) => x);
  expect(Math.max(...xs) - Math.min(...xs)).toBeLessThan(1);
});

test.each(['down', 'right'] as Direction[])(
  'going %s, what is side by side in a box that nothing enters does not overlap',
  (direction) => {
    const leaves = ['0', '1', '2', '3'];
    const nodes = [...leaves, '4'].map((id) => `${id} in 100`);
    const edges = [...leaves.map((id) => `${id} 4`), '4 5'];
    const found = layoutNested(graphOf([...nodes, '5'], edges, ['100']), { direction });
    const places = [...found.nodes.values()];
    const pairs = places.flatMap((a, i) => places.slice(i + 1).map((b) => apart(a, b)));
    expect(pairs).toEqual(pairs.map(() => true));
  },
);
