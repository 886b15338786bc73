import { beforeEach, expect, test } from 'vitest';

import { modelOf } from '../fixtures/samples';
import type { Model } from '../model';
import { Pulling } from './pulling.svelte';

const first = modelOf('diamond');

/** The same program with other numbers. */
function giving(scalar: number): Model {
  const valueAt: Model['valueAt'] = (node, step) => {
    const value = first.valueAt(node, step);
    return value && { ...value, scalar };
  };
  return { ...first, valueAt };
}

let pulling: Pulling;
let undone: number;

beforeEach(() => {
  pulling = new Pulling();
  undone = 0;
  pulling.takenBackBy(() => undone++);
  pulling.see(giving(1), false);
});

const told = () => pulling.effect && [pulling.effect.before.value.scalar, pulling.effect.now.value.scalar];

test('a nudge is told with what was before it, and is taken back alone', () => {
  pulling.pull(true);
  pulling.see(giving(2), true);
  pulling.pull(true);
  pulling.see(giving(3), true);
  expect(told()).toEqual([2, 3]);
  pulling.undo();
  expect([undone, told()]).toEqual([1, null]);
});

test('nudges that come faster than their answers are told, and taken back, as one', () => {
  for (let i = 0; i < 3; i++) pulling.pull(true);
  pulling.see(giving(4), true);
  expect(told()).toEqual([1, 4]);
  pulling.undo();
  pulling.undo();
  expect(undone).toBe(3);
});

test('a pull is one step, however many numbers it comes by', () => {
  for (const number of [2, 3, 4]) {
    pulling.pull(false);
    pulling.see(giving(number), true);
  }
  pulling.pull(true);
  pulling.see(giving(5), true);
  expect(told()).toEqual([1, 5]);
  pulling.undo();
  expect(undone).toBe(1);
});

test('what is typed ends it', () => {
  pulling.pull(true);
  pulling.see(giving(2), true);
  pulling.see(giving(3), false);
  expect(told()).toBeNull();
});
