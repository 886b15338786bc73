import { describe, expect, test } from 'vitest';
import { graphOf, stepsOf } from '../fixtures/graphs';
import { modelOf } from '../fixtures/samples';
import { findEpisodes } from './episodes';
import { readShown } from './shown';

function shownOf(lines: readonly string[], steps: readonly string[]) {
  const graph = graphOf(lines);
  const timeline = stepsOf(steps);
  return readShown(graph, timeline, findEpisodes(graph, timeline));
}

const forwards = (...nodes: number[]): string[] => nodes.map((node) => `forward ${node}`);

describe('a loop over a leaf', () => {
  const lines = ['leaf', 'op 5 < 0', 'op 6 < 1', 'op 5 < 0', 'op 6 < 3'];
  const { shownAt, counterpart } = shownOf(lines, forwards(0, 1, 2, 3, 4));

  test('shows the first iteration until the second begins', () => {
    expect([-1, 0, 1, 2].map((step) => shownAt(step).nodes)).toEqual(Array(4).fill([0, 1, 2]));
    expect([3, 4].map((step) => shownAt(step).nodes)).toEqual(Array(2).fill([0, 3, 4]));
  });

  test('gives the same object, and so the same key, while nothing changes', () => {
    expect(shownAt(2)).toBe(shownAt(0));
    expect(shownAt(3).key).not.toBe(shownAt(2).key);
    expect(shownAt(3).has(4)).toBe(true);
    expect(shownAt(3).has(2)).toBe(false);
  });

  test('knows which node stands for another iteration’s', () => {
    expect(counterpart(2, 4)).toBe(4);
    expect(counterpart(2, 0)).toBe(2);
    expect(counterpart(0, 4)).toBe(0);
  });
});

test('what a loop computes apart goes on to the next iteration together', () => {
  const lines = ['leaf', 'op 5 < 0', 'leaf', 'op 6 < 2', 'op 5 < 0', 'op 6 < 2'];
  const { shownAt } = shownOf(lines, forwards(0, 1, 2, 3, 4, 5));
  expect(shownAt(3).nodes).toEqual([0, 1, 2, 3]);
  expect(shownAt(4).nodes).toEqual([0, 4, 2, 5]);
});

test('a backward pass through an earlier iteration shows that one', () => {
  const lines = ['leaf', 'op 5 < 0', 'op 5 < 0'];
  const { shownAt } = shownOf(lines, [...forwards(0, 1, 2), 'backward 1 at 8 in 0', 'backward 2 at 8 in 1']);
  expect([2, 3, 4].map((step) => shownAt(step).nodes)).toEqual([
    [0, 2],
    [0, 1],
    [0, 2],
  ]);
});

test('leaves that one iteration uses come with it; those that nothing uses are always there', () => {
  const lines = ['leaf', 'op 5 < 0', 'leaf', 'op 5 < 2', 'input'];
  const { shownAt } = shownOf(lines, forwards(0, 1, 2, 3, 4));
  expect(shownAt(1).nodes).toEqual([0, 1, 4]);
  expect(shownAt(4).nodes).toEqual([2, 3, 4]);
});

test('an operation that is its own input is entered once', () => {
  const lines = ['input', 'plain 2 < 0 1', 'leaf', 'op 5 < 1 2', 'op 5 < 1 2'];
  expect(shownOf(lines, forwards(0, 1, 2, 3, 4)).shownAt(4).nodes).toEqual([0, 1, 2, 4]);
});

describe('the fitting of a line', () => {
  const model = modelOf('gallery-linear-regression');

  test('keeps parameters and data', () => {
    const sets = model.steps.map(({ index }) => model.shownAt(index));
    const persisting = model.nodes.filter(({ id }) => sets.every((shown) => shown.has(id)));
    expect(persisting.map(({ name }) => name)).toEqual(['x', null, 'y', 'model.weight', 'model.bias']);
    expect(new Set(sets).size).toBe(10);
  });

  test('shows the node of every forward and backward step', () => {
    for (const { index, kind, node } of model.steps) {
      if (node !== null && (kind === 'forward' || kind === 'backward'))
        expect(model.shownAt(index).has(node)).toBe(true);
    }
  });

  test('gives a line’s nodes as they are shown', () => {
    const line = model.nodes.find(({ name }) => name === 'loss')?.place?.line ?? 0;
    const last = model.steps.length - 1;
    expect(model.nodesOfLine(line).length).toBeGreaterThan(10);
    expect(model.nodesOfLine(line, model.shownAt(last))).toEqual(
      model.nodesOfLine(line).filter((node) => model.shownAt(last).has(node)),
    );
  });
});
