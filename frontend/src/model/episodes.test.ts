import { expect, test } from 'vitest';
import { graphOf, stepsOf } from '../fixtures/graphs';
import { findEpisodes } from './episodes';

function seriesOf(graph: readonly string[], steps: readonly string[] = []) {
  return findEpisodes(graphOf(graph), stepsOf(steps)).series;
}

test('a loop that shares only leaves and inputs has an episode for each iteration', () => {
  const graph = ['leaf', 'input', 'op 5 < 0 1', 'op 6 < 2', 'op 5 < 0 1', 'op 6 < 4'];
  expect(seriesOf(graph)).toEqual([
    [
      [2, 3],
      [4, 5],
    ],
  ]);
});

test('a loop that feeds on its own results stays whole', () => {
  expect(seriesOf(['leaf', 'input', 'op 5 < 0 1', 'op 5 < 0 2', 'op 5 < 0 3'])).toEqual([[[2, 3, 4]]]);
});

test('the same operation in different places is no loop', () => {
  expect(seriesOf(['leaf', 'op 5 < 0', 'op 6 < 0'])).toEqual([[[1]], [[2]]]);
});

test('data prepared once is shared by all episodes, data prepared for one belongs to it', () => {
  const graph = ['input', 'plain 2 < 0', 'leaf', 'plain 4 < 1', 'op 5 < 2 3', 'plain 4 < 1', 'op 5 < 2 5'];
  const { series, turns } = findEpisodes(graphOf(graph), []);
  expect(series).toEqual([
    [
      [3, 4],
      [5, 6],
    ],
  ]);
  expect(turns.slice(0, 3)).toEqual([null, null, null]);
});

test('a running mean over detached losses belongs to the iteration that it was taken in', () => {
  const graph = [
    'leaf',
    'op 5 < 0',
    'plain 6 < 1',
    'op 5 < 0',
    'plain 6 < 2', // what is left of the old mean
    'plain 7 < 3 4',
  ];
  expect(seriesOf(graph)).toEqual([
    [
      [1, 2],
      [3, 4, 5],
    ],
  ]);
});

test('iterations that differ are one series where one call goes back through them all', () => {
  const graph = ['leaf', 'op 5 < 0', 'op 5 < 0', 'op 6 < 2', 'op 5 < 0'];
  expect(seriesOf(graph)).toEqual([[[1], [4]], [[2, 3]]]);
  const steps = [
    'backward 1 at 8 in 0',
    'backward 3 at 8 in 1',
    'backward 2 at 8 in 1',
    'backward 4 at 8 in 2',
  ];
  expect(seriesOf(graph, steps)).toEqual([[[1], [2, 3], [4]]]);
});

test('plain operations that no gradient comes near are episodes too', () => {
  expect(seriesOf(['input', 'plain 2 < 0', 'plain 3 < 1', 'plain 2 < 0', 'plain 3 < 3'])).toEqual([
    [
      [1, 2],
      [3, 4],
    ],
  ]);
});

test('ten thousand iterations are as many episodes', () => {
  const loop = Array.from({ length: 10_000 }, (_, i) => ['op 5 < 0', `op 6 < ${2 * i + 1}`]).flat();
  const [series, ...others] = seriesOf(['leaf', ...loop]);
  expect(series?.length).toBe(10_000);
  expect(others).toEqual([]);
});
