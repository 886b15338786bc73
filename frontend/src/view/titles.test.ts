import { describe, expect, it } from 'vitest';

import { modelOf } from '../fixtures/samples';
import type { ModelNode } from '../model';
import { beginningTitle, graphTitle, lineTitle, nodeTitle, stepTitle } from './titles';

describe('titles', () => {
  it('counts steps from one, and says where there is none', () => {
    expect(stepTitle(13, 22)).toBe('step 14 of 22');
    expect(stepTitle(-1, 22)).toBe('before step 1 of 22');
    expect(stepTitle(1399, 20_000)).toBe('step 1,400 of 20,000');
    expect(stepTitle(-1, 0)).toBe('no steps');
  });

  it('calls a node by its name in the program where it has one', () => {
    const node = { kind: 'op', label: 'mul', name: null } as ModelNode;
    expect(nodeTitle(node)).toBe('mul');
    expect(nodeTitle({ ...node, name: 'y' })).toBe('y = mul');
    expect(nodeTitle({ ...node, kind: 'leaf', name: 'w' })).toBe('leaf w');
  });

  it('counts what is shown of a graph', () => {
    const model = modelOf('gallery-linear-regression');
    const [, nodes, edges] =
      /^Graph of (\d+) nodes and (\d+) edges$/.exec(graphTitle(model, model.shownAt(0))) ?? [];
    expect(Number(nodes)).toBe(model.shownAt(0).nodes.length);
    expect(Number(edges)).toBeGreaterThan(0);
    expect(Number(edges)).toBeLessThan(model.edges.length);
    expect(graphTitle(null, null)).toBe('Graph of 0 nodes and 0 edges');
  });

  it('says which line something is said of', () => {
    expect([lineTitle(3), lineTitle(null)]).toEqual(['Line 3: ', '']);
  });

  it('says where a NaN begins', () => {
    const model = modelOf('nan-begins');
    expect(model.beginnings.map((each) => beginningTitle(model, each))).toEqual([
      'First infinity: l = log, line 11',
      'First NaN: p = mul, line 12',
      'First infinite gradient: sqrt, line 13',
      'First NaN gradient: l = log, line 11',
    ]);
  });

  it('says in which iteration', () => {
    const model = modelOf('gallery-linear-regression');
    const [step] = model.iterations.filter(({ index }) => index === 1).map(({ first }) => first);
    const node = model.steps[step ?? -1]?.node ?? -1;
    const title = beginningTitle(model, {
      kind: 'NaN',
      gradient: false,
      node,
      step: step ?? -1,
      given: 'finite',
    });
    expect(title).toMatch(/^First NaN: .*, line \d+, iteration 2 of \d+$/);
  });
});
