import { expect, test } from 'vitest';
import { modelOf } from '../fixtures/samples';
import { missingGradient } from './missing';

const last = (model: ReturnType<typeof modelOf>) => model.steps.length - 1;
const named = (model: ReturnType<typeof modelOf>, name: string) =>
  model.nodes.find((node) => node.name === name) ?? expect.fail(`no ${name}`);

test('a gradient that comes has not arrived yet', () => {
  const model = modelOf('scalar-chain');
  const leaf = model.nodes.find(({ kind }) => kind === 'leaf') ?? expect.fail('no leaf');
  expect(missingGradient(model, leaf, 0)).toBe('has not arrived yet');
  const due = model.steps.filter(
    ({ index }) =>
      model.gradAt(leaf.id, index) === null &&
      leaf.outgoing.some((edge) => model.edgeGradAt(edge, index) !== null),
  );
  expect(due.length).toBeGreaterThan(0);
  for (const { index } of due) expect(missingGradient(model, leaf, index)).toBe('has not arrived yet');
});

test('one that never comes is not awaited, and where all ways are cut it is told why', () => {
  const cut = modelOf('detach');
  expect(missingGradient(cut, named(cut, 'y'), last(cut))).toBe(
    'none: no backward pass comes here: detached',
  );
  const without = modelOf('in-place-error');
  const node = without.nodes.find(({ requiresGrad }) => requiresGrad) ?? expect.fail('no node');
  expect(missingGradient(without, node, 0)).toBe('none: no backward pass comes here');
});

test('what asks for none gets none', () => {
  const model = modelOf('detach');
  const plain = model.nodes.filter(({ requiresGrad }) => !requiresGrad);
  expect(plain.length).toBeGreaterThan(0);
  for (const node of plain) expect(missingGradient(model, node, 0)).toContain('no gradient is asked for');
});

test('of a leaf whose gradient was set to None it is told that it was cleared', () => {
  const model = modelOf('linear-mse-sgd');
  const leaf = named(model, 'model.weight');
  const cleared = model.steps.findIndex(
    ({ index }) =>
      index > 0 && model.gradAt(leaf.id, index) === null && model.gradAt(leaf.id, index - 1) !== null,
  );
  expect(cleared).toBeGreaterThan(0);
  expect(missingGradient(model, leaf, cleared)).toBe('None: it was cleared');
});
