import { expect, test } from 'vitest';
import { groupingOf, groupNamed } from '../fixtures/folds';
import { largeModel } from '../fixtures/large';
import { progressOf } from './progress';

const model = largeModel('gpt2-12');
const block = groupNamed(groupingOf(model), 'h.4');
const at = (step: number) => progressOf(model, block, step);
const steps = model.steps.filter(({ node }) => node !== null && block.members.includes(node));

test('counts the forward steps in a group, from none to all', () => {
  const forward = steps.filter(({ kind }) => kind === 'forward');
  expect(at(-1)).toEqual({ phase: 'forward', share: 0 });
  expect(at((forward[0]?.index ?? 0) - 1).share).toBe(0);
  expect(at(forward[24]?.index ?? -1).share).toBeCloseTo(25 / forward.length);
  expect(at(forward.at(-1)?.index ?? -1)).toEqual({ phase: 'forward', share: 1 });
});

test('starts anew in the backward pass', () => {
  const backward = steps.filter(({ kind }) => kind === 'backward');
  const first = model.steps.find(({ kind }) => kind === 'backward')?.index ?? -1;
  expect(at(first)).toEqual({ phase: 'backward', share: 0 });
  expect(at(backward[9]?.index ?? -1).share).toBeCloseTo(10 / backward.length);
  expect(at(backward.at(-1)?.index ?? -1)).toEqual({ phase: 'backward', share: 1 });
});
