import { describe, expect, test } from 'vitest';
import { modelOf } from '../fixtures/samples';
import { groupingOf } from '../fixtures/folds';
import { largeModel } from '../fixtures/large';
import { searchGroups, searchNodes } from './search';

const model = modelOf('gallery-two-layers');
const all = model.nodes.map(({ id }) => id);
const titles = (text: string): string[] =>
  searchNodes(model, text, all).map((id) => model.nodes[id]?.name ?? model.nodes[id]?.label ?? '');

describe('a search among the nodes', () => {
  test('finds a name before what only contains it', () => {
    const [first] = searchNodes(model, 'loss', all);
    expect(model.nodes[first ?? -1]?.names).toContain('loss');
  });

  test('finds operations by their symbol, their name and what autograd calls them', () => {
    const named = searchNodes(model, 'matmul', all);
    expect(named.length).toBeGreaterThan(0);
    expect(searchNodes(model, '@', all)).toEqual(named);
    expect(searchNodes(model, 'MmBackward0', all)).toEqual(expect.arrayContaining(named));
  });

  test('finds all of a line, and wants every word to fit', () => {
    const line = model.nodes.find(({ kind }) => kind === 'op')?.place?.line ?? 0;
    const found = searchNodes(model, `line ${line}`, all);
    expect(found.map((id) => model.nodes[id]?.place?.line)).toEqual(found.map(() => line));
    expect(searchNodes(model, `:${line}`, all)).toEqual(found);
    expect(searchNodes(model, `line ${line} nothing-of-this-name`, all)).toEqual([]);
  });

  test('finds nothing for no words, and only among what it is told to look at', () => {
    expect(titles('   ')).toEqual([]);
    expect(searchNodes(model, 'loss', [])).toEqual([]);
  });
});

describe('a search among the groups', () => {
  const net = largeModel('gpt2-12');
  const grouping = groupingOf(net);
  const found = (text: string): string[] =>
    searchGroups(net, text, grouping).map((id) => grouping.groups.get(id)?.name ?? '');

  test('finds modules by name, path and class, and nothing for no words', () => {
    expect(found('h.3')).toContain('h.3');
    expect(found('h.3.mlp')).toEqual(['mlp']);
    expect(found('GPT2Block')).toHaveLength(12);
    expect(found(' ')).toEqual([]);
    expect(found('nothing-of-this-name')).toEqual([]);
  });
});
