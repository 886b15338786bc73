import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { programOf } from './notebook';

const FOLDER = new URL('../../../tests/notebooks/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, FOLDER), 'utf8');

/** The program in a sample's text twin: its numbered lines. */
const expected = (name: string) =>
  read(`${name}.txt`)
    .split('\n')
    .flatMap((line) => {
      const found = /^ *\d+(?: (.*))?$/.exec(line);
      return found ? [found[1] ?? ''] : [];
    })
    .join('\n');

const code = (source: unknown) => ({ cell_type: 'code', source });
const notebook = (more: object) => ({ nbformat: 4, metadata: {}, cells: [code('x = 1')], ...more });

describe('programOf', () => {
  it.each(['linear-regression', 'magics'])('writes %s as the server does', (name) => {
    expect(programOf(JSON.parse(read(`${name}.ipynb`)))).toBe(expected(name));
  });

  it('joins lists of lines, keeps text as comments, and reads no outputs', () => {
    const cells = [
      { cell_type: 'markdown', source: ['# Title\n', '\n', 'Text.'] },
      { ...code(['  x = 1\r\n', '  y = 2\n']), outputs: [{ data: { 'image/png': 'A'.repeat(100) } }] },
    ];
    expect(programOf(notebook({ cells }))).toBe(
      '# %% [markdown]\n# # Title\n#\n# Text.\n\n# %%\nx = 1\ny = 2\n',
    );
  });

  it.each([
    ['no notebook', [], /nbformat/],
    ['an old one', notebook({ nbformat: 3 }), /nbformat 3.*nbformat 4/],
    ['one without cells', notebook({ cells: null }), /no list of cells/],
    ['one without code', notebook({ cells: [{ cell_type: 'markdown', source: '' }] }), /no code cell/],
    ['a cell of another kind', notebook({ cells: [{ cell_type: 'heading', source: '' }] }), /Cell 1 .* kind/],
    ['a cell without text', notebook({ cells: [code('a'), code([1])] }), /Cell 2 .* no text/],
    ['another language', notebook({ metadata: { kernelspec: { language: 'julia' } } }), /julia/],
  ])('says what is wrong with %s', (_what, value, message) => {
    expect(() => programOf(value)).toThrow(message);
  });
});
