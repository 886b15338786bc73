import { expect, test } from 'vitest';

import type { Document } from '../model';
import { loneExpression } from './lone';

const raised = (source: string, type = 'NameError') => {
  const error = { type } as Document['error'];
  return loneExpression({ source, error });
};

test('one line of names without values is an expression', () => {
  expect(raised('x*y + sin(x)')).toBe('x*y + sin(x)');
  expect(raised('# mine\nimport torch\n\nx ** 2 == y\n')).toBe('x ** 2 == y');
  expect(raised('sum(x, dim=0)')).toBe('sum(x, dim=0)');
});

test('what binds a name, goes on, or calls what is not there is a program', () => {
  expect(raised('z = x * y')).toBeNull();
  expect(raised('z += x')).toBeNull();
  expect(raised('x * y\nx.backward()')).toBeNull();
  expect(raised('sin(2.0)')).toBeNull();
});

test('so is what failed otherwise, or not', () => {
  expect(raised('x * y', 'TypeError')).toBeNull();
  expect(loneExpression({ source: 'x * y', error: null })).toBeNull();
  expect(loneExpression(null)).toBeNull();
});
