import { describe, expect, test } from 'vitest';

import { foldOf, groupedDiamond, groupNamed } from '../fixtures/folds';
import { largeModel } from '../fixtures/large';
import { modelOf, nodeNamed } from '../fixtures/samples';
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

test('one that puts out several tensors tells how many, and the gradient of each', () => {
  const diamond = groupedDiamond([1, 2, 3]);
  const fold = foldOf(diamond, { f: false });
  const { id } = groupNamed(fold.grouping, 'f');
  const tip = (step: number) => tipOf(diamond, fold, { kind: 'group', id }, step);
  expect(tip(3)).toMatchObject({ about: '2 outputs', value: null, gradient: null, parts: [] });
  expect(
    tip(diamond.steps.length - 1)?.parts.map(({ name, gradient }) => `${name} ${gradient.text}`),
  ).toEqual(['left = mul 0.5', 'right = log 3.297']);
});

describe('of edges that are drawn as one', () => {
  const last = 11;
  const told = (closed: readonly number[], id: number, step: number) => {
    const diamond = groupedDiamond(closed);
    return tipOf(diamond, foldOf(diamond, { f: false }), { kind: 'edge', id }, step);
  };

  test('each is told, and the sum that they make', () => {
    const tip = told([2, 3, 4], 1, last);
    expect(tip).toMatchObject({ title: 'b → function f', about: '2 edges', gradient: { scalar: 3 } });
    expect(tip?.parts.map(({ name, gradient }) => `${name} ${gradient.text}`)).toEqual([
      'b → left 1',
      'b → right 2',
    ]);
    expect(tip?.note).toBe('The 2 gradients add up to what b receives.');
  });

  test('or which part they are of the sum that their tensor receives, and where the rest of it comes from', () => {
    const many = modelOf('many-uses');
    const fold = foldOf(many, { bend: false });
    const joined = [...fold.edges.values()].find(({ edges }) => edges.length > 1);
    const tip = (step: number) => tipOf(many, fold, { kind: 'edge', id: joined?.id ?? -1 }, step);
    expect(tip(many.steps.length - 1)).toMatchObject({
      title: 'w → function bend',
      gradient: null,
      note: 'The 2 gradients have the norm 0.804 together, and are 2 of 3 that add up to +1.54, what w receives; the other comes from add.',
    });
    const reached = many.steps.find(
      ({ kind, node }) => kind === 'backward' && node === nodeNamed(many, 'w').id,
    );
    expect(tip((reached?.index ?? 0) - 1)?.note).toMatch(
      /go to one tensor; what they add up to is not known/,
    );
  });

  test('or a norm, and that there is no sum', () => {
    const tip = told([1, 2, 3], 3, last);
    expect(tip).toMatchObject({ title: 'function f → meet', gradient: null });
    expect(tip?.note).toBe(
      'The 2 gradients have the norm 3.34 together, and go to 2 tensors: they have no sum.',
    );
  });

  test('before anything came back they are only counted', () => {
    expect(told([2, 3, 4], 1, 3)).toMatchObject({ about: '2 edges', parts: [], note: '' });
  });
});

test('stands beside a face, and beside the header of a box', () => {
  const fold = foldOf(model, { 'h.1': true });
  const layout = layoutNested(foldedGraph(model, fold), { direction: 'down' });
  const [closed, open] = ['h.0', 'h.1'].map((name) => groupNamed(fold.grouping, name).id);
  const face = layout.nodes.get(closed ?? -1);
  expect(targetBox(layout, { kind: 'group', id: closed ?? -1 })?.height).toBe(face?.height);
  const { id = -1, label = null } = [...layout.edges.values()].find((edge) => edge.label) ?? {};
  expect(targetBox(layout, { kind: 'edge', id })).toMatchObject({ width: label?.width, height: 20 });
  const box = layout.boxes.get(open ?? -1);
  expect(targetBox(layout, { kind: 'group', id: open ?? -1 })?.height).toBe(box?.header.height);
});
