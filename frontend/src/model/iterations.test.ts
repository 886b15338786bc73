import { describe, expect, test } from 'vitest';
import { loadSample, modelOf, sampleNames } from '../fixtures/samples';
import { buildModel } from './build';
import { iterationAt } from './iterations';
import { runOf, stepOver } from './runs';

describe('the iterations of a training loop', () => {
  const model = modelOf('linear-mse-sgd');
  const kinds = model.iterations.map(({ first, last }) =>
    model.steps.slice(first, last + 1).map(({ kind }) => kind),
  );

  test('each has its own forward steps, pass and updates', () => {
    expect(model.iterations.map(({ turns }) => turns)).toEqual(
      [1, 2, 3].map((number) => [{ number, of: 3 }]),
    );
    for (const own of kinds) expect(own).toEqual(expect.arrayContaining(['forward', 'backward', 'update']));
    expect(kinds[1]).toEqual(kinds[2]);
  });

  test('what comes before the first operation of an iteration is part of it', () => {
    expect(kinds[1]?.[0]).toBe('grad-cleared');
  });

  test('is found by step, and none outside', () => {
    for (const each of model.iterations) {
      expect(iterationAt(model.iterations, each.first)).toBe(each);
      expect(iterationAt(model.iterations, each.last)).toBe(each);
    }
    expect(iterationAt(model.iterations, 0)).toBeNull();
    expect(iterationAt([], 0)).toBeNull();
  });
});

describe('a loop of batches in a loop of epochs, whose work is done in a function', () => {
  const { iterations, steps } = modelOf('loop-of-batches');

  test('has an iteration for each batch, counted with its epoch', () => {
    expect(iterations.map(({ turns }) => turns.map(({ number }) => number))).toEqual(
      [1, 2].flatMap((epoch) => [1, 2, 3].map((batch) => [epoch, batch])),
    );
  });

  test('covers the loop without gaps, and not the line after it', () => {
    iterations.slice(1).forEach(({ first }, i) => expect(first).toBe((iterations[i]?.last ?? 0) + 1));
    expect(steps.slice(iterations.at(-1)?.last).map(({ kind }) => kind)).toEqual([
      'update',
      'forward',
      'print',
    ]);
  });
});

test('a loop that runs no backward pass has no iterations', () => {
  expect(modelOf('loop').iterations).toEqual([]);
});

test('iterations of every sample are in order and apart', () => {
  for (const name of sampleNames) {
    const { iterations } = modelOf(name);
    iterations.forEach(({ first, last }, i) => {
      expect(first, name).toBeGreaterThan(iterations[i - 1]?.last ?? -1);
      expect(last, name).toBeGreaterThanOrEqual(first);
    });
  }
});

describe('the loss', () => {
  test('is what the passes of one call begin at, known at the step that computes it', () => {
    const { losses, steps, iterations } = modelOf('linear-mse-sgd');
    expect(losses).toHaveLength(1);
    expect(losses[0]?.name).toBe('loss');
    expect(losses[0]?.points.map(({ number }) => number.toPrecision(4))).toEqual([
      '0.9271',
      '0.3396',
      '1.080',
    ]);
    losses[0]?.points.forEach(({ step }, i) => {
      expect(steps[step]?.kind).toBe('forward');
      expect(iterationAt(iterations, step)?.index).toBe(i);
    });
  });

  test('needs two passes', () => {
    expect(modelOf('diamond').losses).toEqual([]);
  });

  test('is none where they begin at parts of one result', () => {
    const [left, right, meet] = [2, 3, 4];
    const { passes, nodes, ...doc } = loadSample('diamond');
    const alike = nodes.map((node) => ({ ...node, names: [], label: 'part' }));
    const lossesFrom = (...roots: number[]) =>
      buildModel({
        ...doc,
        nodes: alike,
        passes: roots.flatMap((root) => passes.map((pass) => ({ ...pass, roots: [root] }))),
      }).losses.length;
    expect(lossesFrom(left, meet)).toBe(1);
    expect(lossesFrom(left, right)).toBe(0);
  });
});

describe('one press steps over', () => {
  const model = modelOf('linear-mse-sgd');
  const { iterations, steps } = model;

  test.each(['event', 'line', 'node', 'pass', 'iteration'] as const)(
    'by %s, there and back again',
    (unit) => {
      const stops = [-1];
      for (let at = -1; at < steps.length - 1; at = stops.at(-1) ?? at)
        stops.push(stepOver(model, unit, at, 1));
      expect(stops.at(-1)).toBe(steps.length - 1);
      expect(stepOver(model, unit, steps.length - 1, 1)).toBe(steps.length - 1);
      const back = [steps.length - 1];
      while ((back.at(-1) ?? -1) >= 0) back.push(stepOver(model, unit, back.at(-1) ?? -1, -1));
      expect(back.toReversed()).toEqual(stops);
    },
  );

  test('by iteration, to the first step of each', () => {
    const firsts = iterations.map(({ first }) => first);
    const within = firsts.map((_, i) => (i === 0 ? -1 : (firsts[i - 1] ?? 0) + 2));
    const stops = within.map((at) => stepOver(model, 'iteration', at, 1));
    expect(stops).toEqual(firsts);
    expect(stepOver(model, 'iteration', firsts.at(-1) ?? 0, 1)).toBe(steps.length - 1);
    expect(stepOver(model, 'iteration', (firsts[1] ?? 0) + 3, -1)).toBe(firsts[1]);
    expect(stepOver(model, 'iteration', firsts[1] ?? 0, -1)).toBe(firsts[0]);
  });

  test('the whole of an iteration, and the whole of a line', () => {
    const second = iterations[1];
    expect(runOf(model, 'iteration', (second?.first ?? 0) + 3)).toEqual({
      first: second?.first,
      last: second?.last,
    });
    const pass = steps.findIndex(({ kind }) => kind === 'backward');
    const { first, last } = runOf(model, 'line', pass);
    expect(steps.slice(first, last + 1).every(({ pass: index }) => index === 0)).toBe(true);
    expect(steps[last + 1]?.pass).toBeNull();
  });
});
