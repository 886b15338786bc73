import { expect, test } from 'vitest';

import type { Iteration } from '../model';
import { turnNotes } from './turns';

const iteration = (number: number) => ({ turns: [{ number, of: 9 }] }) as unknown as Iteration;
const [first, second] = [iteration(1), iteration(2)];

test('ends of the same iteration as the node are told by their names alone, whatever was made before the loop', () => {
  expect(turnNotes([first, null], first)).toEqual(['', '']);
  expect(turnNotes([null, null], first)).toEqual(['', '']);
  expect(turnNotes([first], null)).toEqual(['']);
});

test('what came from another iteration says so', () => {
  expect(turnNotes([first, null], second)).toEqual([', iteration 1', '']);
});

test('ends of several iterations are told apart', () => {
  expect(turnNotes([first, second], null)).toEqual([', iteration 1', ', iteration 2']);
  expect(turnNotes([first, second], second)).toEqual([', iteration 1', ', iteration 2']);
});
