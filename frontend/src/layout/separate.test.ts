import { expect, test } from 'vitest';
import { separate } from './separate';

function places(wishes: number[], weights: number[], gaps: number[]): number[] {
  return Array.from(separate(Float64Array.from(wishes), Float64Array.from(weights), Float64Array.from(gaps)));
}

test('wishes that are far enough apart come true', () => {
  expect(places([0, 20, 50], [1, 1, 1], [0, 10, 10])).toEqual([0, 20, 50]);
});

test('two that want the same place give way by their weights', () => {
  expect(places([0, 0], [1, 1], [0, 10])).toEqual([-5, 5]);
  expect(places([0, 0], [9, 1], [0, 10])).toEqual([-1, 9]);
});

test('order holds even against all wishes', () => {
  const found = places([30, 20, 10, 0], [1, 1, 1, 1], [0, 4, 4, 4]);
  expect(found).toEqual([9, 13, 17, 21]);
});

test('nothing stays nothing', () => {
  expect(places([], [], [])).toEqual([]);
});
