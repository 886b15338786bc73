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
/** The history: what each step did. */
let done: string[];

beforeEach(() => {
  pulling = new Pulling();
  done = ['program'];
  pulling.takenBackBy({ depth: () => done.length, undo: () => done.pop() });
  pulling.see(giving(1), false);
});

function nudge(): void {
  done.push('nudge');
  pulling.pull(true);
}

const told = () => pulling.effect && [pulling.effect.before.value.scalar, pulling.effect.now.value.scalar];

test('a nudge is told with what was before it, and is taken back alone', () => {
  nudge();
  pulling.see(giving(2), true);
  nudge();
  pulling.see(giving(3), true);
  expect(told()).toEqual([2, 3]);
  pulling.undo();
  expect([done, told()]).toEqual([['program', 'nudge'], null]);
});

test('nudges that come faster than their answers are told, and taken back, as one', () => {
  for (let i = 0; i < 3; i++) nudge();
  pulling.see(giving(4), true);
  expect(told()).toEqual([1, 4]);
  pulling.undo();
  pulling.undo();
  expect(done).toEqual(['program']);
});

test('a pull is one step, however many numbers it comes by', () => {
  for (const number of [2, 3, 4]) {
    pulling.pull(false);
    if (number === 2) done.push('pull');
    pulling.see(giving(number), true);
  }
  pulling.pull(true);
  pulling.see(giving(5), true);
  expect(told()).toEqual([1, 5]);
  pulling.undo();
  expect(done).toEqual(['program']);
});

test('a pull that is given up between two nudges is none', () => {
  nudge();
  pulling.pull(false);
  pulling.pull(true);
  nudge();
  pulling.see(giving(4), true);
  pulling.undo();
  expect(done).toEqual(['program']);
});

test('what is typed between two nudges stays: the one after it is told from its answer on', () => {
  nudge();
  done.push('typed');
  pulling.write();
  nudge();
  pulling.see(giving(3), true);
  expect(told()).toBeNull();
  nudge();
  pulling.see(giving(4), true);
  expect(told()).toEqual([3, 4]);
  pulling.undo();
  expect(done).toEqual(['program', 'nudge', 'typed', 'nudge']);
});

test('what is typed ends it', () => {
  pulling.pull(true);
  pulling.see(giving(2), true);
  pulling.see(giving(3), false);
  expect(told()).toBeNull();
});
