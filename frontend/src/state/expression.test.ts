import { describe, expect, it } from 'vitest';

import { Expression, readInput, type Ask, type Manner } from './expression.svelte';

function watched(): { expression: Expression; asked: [Ask, Manner][] } {
  const asked: [Ask, Manner][] = [];
  return { expression: new Expression((ask, manner) => asked.push([ask, manner])), asked };
}

describe('Expression', () => {
  it('asks with the inputs that were given, and keeps those of names that are gone for when they are back', () => {
    const { expression, asked } = watched();
    expression.put({ expression: 'x * w', inputs: { x: 3 } });
    expression.edit('w ** 2');
    expression.edit('w ** 2 + x');
    expression.give({ x: 4 }, 'sliding');
    expect(asked.map(([ask, manner]) => [ask.expression, ask.inputs, manner])).toEqual([
      ['x * w', { x: 3, w: 2 }, 'put'],
      ['w ** 2', { w: 2 }, 'typed'],
      ['w ** 2 + x', { w: 2, x: 3 }, 'typed'],
      ['w ** 2 + x', { w: 2, x: 4 }, 'sliding'],
    ]);
    expect(expression.names).toEqual(['w', 'x']);
    expression.edit('new');
    expect(expression.inputOf('new')).toBe(1);
    expect(expression.ask.inputs).toEqual({});
  });
});

describe('readInput', () => {
  it.each([
    ['3', 3],
    [' -2.5e-3 ', -0.0025],
    ['−4', -4],
    ['.5', 0.5],
    ['-.5', -0.5],
    ['[1, 2]', [1, 2]],
    [
      '[[1, .5], [-2, 4]]',
      [
        [1, 0.5],
        [-2, 4],
      ],
    ],
    ['', null],
    ['x', null],
    ['[1, "a"]', null],
    ['{"a": 1}', null],
    ['1e999', null],
  ])('reads %s', (text, value) => {
    expect(readInput(text)).toEqual(value);
  });
});
