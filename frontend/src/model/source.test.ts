import { describe, expect, test } from 'vitest';
import { loadSample } from '../fixtures/samples';
import { placeOfExpression, placeText, sourceReader } from './source';

test('columns count code points, lines from 1, and nothing is nothing', () => {
  const doc = { ...loadSample('no-graph'), sources: [{ name: 'program', text: '𝑎 = 1\ny = 𝑎 * 𝑎\nz' }] };
  const codeAt = sourceReader(doc);
  const at = (line: number, column: number, endLine: number, endColumn: number): string =>
    codeAt({ line, column, endLine, endColumn, source: 0 });
  expect(at(2, 4, 2, 9)).toBe('𝑎 * 𝑎');
  expect(at(1, 4, 2, 1)).toBe('1\ny');
  expect(codeAt(null)).toBe('');
  expect(codeAt({ line: 1, column: 0, endLine: 1, endColumn: 9, source: 3 })).toBe('');
});

const HEAD = 'import torch\nfrom torch import sin\n\nx = torch.tensor(1.0, requires_grad=True)\n';
const at = (line: number, column: number, endLine: number, endColumn: number) => ({
  ...{ line, column, endLine, endColumn, source: 0 },
});

describe('an expression in the program that was made of it', () => {
  test('is what the name stands for that the backward pass begins at', () => {
    const one = placeOfExpression({ source: `${HEAD}y = sin(𝑎 = 2)\ny.backward()\n` });
    expect(one).toEqual(at(5, 4, 5, 14));
    const two = placeOfExpression({ source: `${HEAD}z = (\nx +\n  1\n)\nz.backward(torch.ones_like(z))\n` });
    expect(two).toEqual(at(6, 0, 7, 3));
    expect(placeOfExpression({ source: `${HEAD}y = sin(x)\nprint(y)\n` })).toBeNull();
  });
});

test('a place is told by its lines, or by its part of the expression', () => {
  const source = `${HEAD}y = sin(x**2)\ny.backward()\n`;
  const document = { ...loadSample('no-graph'), source, sources: [] };
  const program = { document, expression: null };
  expect(placeText(program, at(5, 8, 5, 12))).toBe('line 5');
  expect(placeText(program, at(5, 8, 6, 12))).toBe('lines 5–6');
  const written = { document, expression: placeOfExpression(document) };
  expect(placeText(written, at(5, 8, 5, 12))).toBe('x**2');
  expect(placeText(written, at(4, 4, 4, 41))).toBe('');
});
