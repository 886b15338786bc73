import { describe, expect, test } from 'vitest';
import { foldOf, groupedDiamond } from '../fixtures/folds';
import { modelOf } from '../fixtures/samples';
import { jointAt } from './joints';
import type { Model } from './types';

/** b goes to left (edge 1) and to right (edge 2), and these to meet (edges 3 and 4). */
const model = modelOf('diamond');
const end = model.steps.length - 1;
/** At the end of the turn of a node. */
const turnOf = (node: number): number =>
  model.steps.find((step) => step.kind === 'backward' && step.node === node)?.index ?? -1;

describe('edges drawn as one', () => {
  test('are those into and out of a closed group', () => {
    const drawn = (nodes: number[]) =>
      [...foldOf(groupedDiamond(nodes), { f: false }).edges.values()].map(({ edges }) => edges);
    expect(drawn([2, 3, 4])).toEqual([[0], [1, 2]]);
    expect(drawn([1, 2, 3])).toEqual([[0], [3, 4]]);
  });

  test('of which nothing came back have no gradient', () => {
    expect(jointAt(model, [1, 2], 4)).toBeNull();
  });

  test('to one tensor have the sum that it received, once it has', () => {
    expect(jointAt(model, [1, 2], turnOf(2))).toMatchObject({ total: null, past: false });
    expect(jointAt(model, [1, 2], turnOf(2))?.strength.norm).toBeCloseTo(Math.hypot(1, 2), 3);
    const joint = jointAt(model, [1, 2], turnOf(1));
    expect(joint?.values.map(({ text }) => text)).toEqual(['1', '2']);
    expect(joint?.total?.scalar).toBe(3);
    expect(joint?.strength).toBe(joint?.total);
  });

  test('to several tensors have a norm and no sum', () => {
    const joint = jointAt(model, [3, 4], end);
    expect(joint?.total).toBeNull();
    expect(joint?.strength.norm).toBeCloseTo(Math.hypot(0.5, 3.2974), 3);
    expect(joint?.strength).toMatchObject({ sign: 1, finite: true, nan: false });
  });

  test('are one, while something came back along one of them only', () => {
    const joint = jointAt(model, [1, 2], turnOf(3));
    expect(joint?.edges.map(({ id }) => id)).toEqual([2]);
    expect(joint?.strength).toBe(joint?.values[0]);
  });

  test('are found once for a step, and anew for each other one', () => {
    const ids = [1, 2];
    const early = jointAt(model, ids, 4);
    const late = jointAt(model, ids, end);
    expect([early, late?.total?.scalar]).toEqual([null, 3]);
    expect(jointAt(model, ids, end)).toBe(late);
    expect(jointAt(model, ids, 4)).toBeNull();
    expect(jointAt({ ...model, edgeGradAt: () => null }, ids, end)).toBeNull();
  });
});

describe('no sum is told', () => {
  const joint = (change: Partial<Model>) => jointAt({ ...model, ...change }, [1, 2], end);

  test('where more came back to that tensor than along these edges', () => {
    const elsewhere = model.edgeGradAt(3, end);
    if (!elsewhere) throw new Error('nothing came back along edge 3');
    const contributionsAt: Model['contributionsAt'] = (...at) => [...model.contributionsAt(...at), elsewhere];
    expect(joint({ contributionsAt })?.total).toBeNull();
  });

  test('where the numbers do not add up, as after a hook', () => {
    const values = model.values.map((value) => (value.scalar === 3 ? { ...value, scalar: 4 } : value));
    expect(joint({ values })?.total).toBeNull();
  });

  test('of gradients that are not those which it was made of', () => {
    const later = model.edgeGradAt(4, end);
    const edgeGradAt: Model['edgeGradAt'] = (edge, step) =>
      edge === 1 && step === end ? later : model.edgeGradAt(edge, step);
    expect(joint({ edgeGradAt })?.total).toBeNull();
  });
});

describe('of different passes', () => {
  const passes = (isPast: Model['isPast'], late: number): Model => ({
    ...model,
    isPast,
    steps: model.steps.map((step) => ({ ...step, pass: step.node === late ? 1 : step.pass })),
  });

  test('those of the pass under way are told alone', () => {
    const joint = jointAt(
      passes((edge) => edge === 1, -1),
      [1, 2],
      end,
    );
    expect(joint).toMatchObject({ past: false, edges: [{ id: 2 }] });
  });

  test('or else those of the last', () => {
    const joint = jointAt(
      passes(() => true, 2),
      [1, 2],
      end,
    );
    expect(joint).toMatchObject({ past: true, edges: [{ id: 1 }] });
  });
});
