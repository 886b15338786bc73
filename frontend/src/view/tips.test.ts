import { expect, test } from 'vitest';

import { foldOf, groupNamed } from '../fixtures/folds';
import { largeModel } from '../fixtures/large';
import { layoutNested } from '../layout';
import { foldedGraph } from '../scene';
import { targetBox, tipOf } from './tips';

const model = largeModel('gpt2-12');
const end = model.steps.length - 1;

test('a closed group tells what it puts out and that it opens, an open one that it closes', () => {
  const fold = foldOf(model, { 'h.1': true });
  const closed = groupNamed(fold.grouping, 'h.0').id;
  expect(tipOf(model, fold, { kind: 'group', id: closed }, end)).toMatchObject({
    title: 'module h.0, GPT2Block, 37 operations',
    value: { shape: [1, 8, 24] },
    note: 'Click to open.',
  });
  const open = groupNamed(fold.grouping, 'h.1').id;
  expect(tipOf(model, fold, { kind: 'group', id: open }, end)).toMatchObject({
    note: 'Click to close.',
    value: null,
  });
  expect(tipOf(model, fold, { kind: 'group', id: -7 }, end)).toBeNull();
});

test('stands beside a face, and beside the header of a box', () => {
  const fold = foldOf(model, { 'h.1': true });
  const layout = layoutNested(foldedGraph(model, fold), { direction: 'down' });
  const [closed, open] = ['h.0', 'h.1'].map((name) => groupNamed(fold.grouping, name).id);
  const face = layout.nodes.get(closed ?? -1);
  expect(targetBox(layout, { kind: 'group', id: closed ?? -1 })?.height).toBe(face?.height);
  const box = layout.boxes.get(open ?? -1);
  expect(targetBox(layout, { kind: 'group', id: open ?? -1 })?.height).toBe(box?.header.height);
});
