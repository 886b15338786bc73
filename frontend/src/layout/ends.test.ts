import { expect, test } from 'vitest';
import { layout } from './layout';

const node = { width: 40, height: 40 };

test('what stands first or last does so wherever its edges lead', () => {
  const found = layout(
    {
      nodes: [
        { id: 0, ...node },
        { id: 1, ...node },
        { id: 2, ...node },
        { id: 3, ...node, end: 'first' },
        { id: 4, ...node, end: 'last' },
      ],
      edges: [
        [0, 1],
        [1, 2],
        [3, 2],
        [0, 4],
      ].map(([source = 0, target = 0], id) => ({ id, source, target, slot: 0 })),
    },
    { direction: 'down' },
  );
  const y = (id: number): number => found.nodes.get(id)?.y ?? NaN;
  expect([3, 0, 1, 2, 4].map(y)).toEqual([3, 0, 1, 2, 4].map(y).toSorted((a, b) => a - b));
  expect(new Set([3, 0, 1, 2, 4].map(y)).size).toBe(5);
});
