import { expect, test } from 'vitest';
import { fan, recordedGraphs } from '../fixtures/layouts';
import { drawingOf, measure, type Quality } from '../fixtures/quality';
import { leastOf } from './choice';
import { layout } from './layout';
import type { LayoutGraph } from './types';

const models = recordedGraphs(new URL('../fixtures/models.json', import.meta.url));

function drawn(graph: LayoutGraph): Quality {
  return measure(drawingOf(layout(graph, { direction: 'down' })));
}

const model = (name: string): Quality => drawn(models.get(name) as LayoutGraph);

test('crossings and ways weigh alike, the way aside of the trunk once more, and the first is kept by a margin', () => {
  const drawings = [
    { crossings: 10, length: 1000, sway: 0 },
    { crossings: 10, length: 900, sway: 200 },
    { crossings: 11, length: 800, sway: 0 },
  ];
  expect(leastOf(drawings)).toBe(drawings[2]);
  expect(leastOf(drawings.slice(0, 2))).toBe(drawings[0]);
  expect(leastOf(drawings, 0.5)).toBe(drawings[0]);
});

test('of orders without crossings the one with short edges is taken', () => {
  const { crossings, length, sway } = model('checkpointed-reentrantly');
  expect({ crossings, straight: sway < 20 }).toEqual({ crossings: 0, straight: true });
  expect(length).toBeLessThan(3700);
});

test('of two ways of layering the one that lets edges cross less is taken', () => {
  expect(model('encoder-of-torch').crossings).toBeLessThan(39);
});

test('a trunk gives way a little where all else would be much longer', () => {
  const { length, sway } = model('vgg');
  expect(length).toBeLessThan(6850);
  expect(sway).toBeLessThan(100);
});

test('edges that leave a node close together do not cross there', () => {
  expect(drawn(fan(100)).crossings).toBe(0);
});
