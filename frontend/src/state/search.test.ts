import { describe, expect, test } from 'vitest';
import { Search } from './search.svelte';

const FOUND: Readonly<Record<string, readonly number[]>> = { mul: [3, 7, 9], '': [] };

function searching(): { search: Search; visited: number[] } {
  const visited: number[] = [];
  const search = new Search(
    (text) => FOUND[text] ?? [],
    (node) => visited.push(node),
  );
  search.show();
  return { search, visited };
}

describe('a search', () => {
  test('goes through what it found, and around the ends', () => {
    const { search, visited } = searching();
    search.seek('mul');
    for (const by of [1, 1, 1, 1, -1] as const) search.move(by);
    expect(visited).toEqual([3, 7, 9, 3, 9]);
  });

  test('goes backwards from the end where it has not been anywhere', () => {
    const { search, visited } = searching();
    search.seek('mul');
    search.move(-1);
    expect(visited).toEqual([9]);
  });

  test('starts anew with other words, and finds nothing while it is closed', () => {
    const { search, visited } = searching();
    search.seek('mul');
    search.choose(7);
    search.seek('nothing');
    search.move(1);
    expect([search.at, search.results, visited]).toEqual([-1, [], [7]]);
    search.seek('mul');
    search.close();
    expect(search.results).toEqual([]);
  });
});
