import { describe, expect, it } from 'vitest';

import { groupedSample, groupingOf, groupNamed } from '../../fixtures/folds';
import { largeModel } from '../../fixtures/large';
import type { Model } from '../../model';
import { flowing, insidesOf } from './insides';
import { subjectTitle } from './subjects';

function insidesNamed(model: Model, name: string, step = -1) {
  return insidesOf(model, groupNamed(groupingOf(model, step), name));
}

function factsOf(model: Model, name: string): Record<string, string> {
  return Object.fromEntries(insidesNamed(model, name).facts.map(({ name, text }) => [name, text]));
}

describe('a block of a GPT-2', () => {
  const model = largeModel('gpt2-12');
  const block = insidesNamed(model, 'h.5');

  it('says what it is, where it is called, and what is in it', () => {
    expect(subjectTitle(model, { kind: 'group', group: groupNamed(groupingOf(model), 'h.5') })).toBe(
      'module h.5',
    );
    expect(block.sentence).toBe('A call of the module transformer.h.5 (GPT2Block).');
    expect(block.place).toMatchObject({ line: 83, source: 0 });
    expect(factsOf(model, 'h.5')).toEqual({
      in: 'module transformer',
      inside: '37 operations: 12 view, 4 add, 4 transpose, 4 addmm, 4 mul, …',
      holds: '12 parameters, 7,224 elements',
    });
    expect(block.parameters).toHaveLength(12);
  });

  it('has the stream of the trunk flowing in and out, and its parameters apart', () => {
    const inside = new Set(groupNamed(groupingOf(model), 'h.5').members);
    expect(flowing(model, block.incoming).map(({ shape }) => shape)).toEqual(['1×8×24', '1×8×24']);
    expect(block.incoming.every(({ source }) => !inside.has(source))).toBe(true);
    expect(block.outgoing.every(({ source, target }) => inside.has(source) && !inside.has(target))).toBe(
      true,
    );
    expect(new Set(block.outgoing.map(({ source }) => source)).size).toBe(1);
  });
});

describe('one of several calls', () => {
  const groups = [
    { name: 'net', type: 'Net', module: 0, number: 1 },
    { name: 'net', type: 'Net', module: 0, number: 2 },
    { name: 'helper', kind: 'function' },
  ] as const;
  const model = groupedSample('gallery-two-layers', groups, {});
  const drawn = { parent: null, children: [], own: [], members: [], operations: 1, pass: null };
  const call = (id: number, kind: 'module' | 'function') => ({
    ...drawn,
    ...{ id: model.nodes.length + id, kind, key: String(id), name: groups[id]?.name ?? '', type: null },
  });

  it('says which it is, and an only call does not', () => {
    expect(insidesOf(model, call(1, 'module')).facts).toContainEqual({ name: 'call', text: '2 of 2' });
    const helper = insidesOf(model, call(2, 'function'));
    expect(helper.sentence).toBe('A call of the function helper.');
    expect(helper.facts).toEqual([{ name: 'inside', text: '1 operation' }]);
  });
});
