/**
 * A notebook file as a program with `# %%` cells, by the rules of the server (`parse/notebook.py`), so that it can be
 * edited. Pure: a value out of JSON in, text out. Outputs and pictures are not read.
 */
import { Unreadable } from './unreadable';

const HEADS: Readonly<Record<string, string>> = {
  code: '# %%',
  markdown: '# %% [markdown]',
  raw: '# %% [raw]',
};

/** Throws `Unreadable` for what is no notebook of nbformat 4 in Python. */
export function programOf(notebook: unknown): string {
  const { nbformat, cells, metadata } = fieldsOf(notebook);
  if (typeof nbformat !== 'number')
    throw new Unreadable('This is no notebook: it does not say its nbformat.');
  if (nbformat !== 4)
    throw new Unreadable(
      `This notebook is of nbformat ${String(nbformat)}, and only nbformat 4 is read here. Save it with a current Jupyter.`,
    );
  if (!Array.isArray(cells)) throw new Unreadable('This notebook has no list of cells.');
  checkLanguage(metadata);
  const written = cells.map((cell: unknown, i) => linesOf(fieldsOf(cell), i + 1));
  if (!cells.some((cell) => fieldsOf(cell).cell_type === 'code'))
    throw new Unreadable('This notebook has no code cell, so there is nothing to run.');
  return written.flat().join('\n');
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function linesOf({ cell_type: kind, source }: Fields, number: number): string[] {
  const head = typeof kind === 'string' ? HEADS[kind] : undefined;
  if (head === undefined)
    throw new Unreadable(`Cell ${String(number)} of this notebook is of no known kind.`);
  const text = (Array.isArray(source) ? source : [source]) as unknown[];
  if (!text.every((each) => typeof each === 'string'))
    throw new Unreadable(`Cell ${String(number)} of this notebook has no text.`);
  const trimmed = text.join('').replace(/\r\n?/g, '\n').replace(/\n+$/, '');
  const lines = trimmed === '' ? [] : trimmed.split('\n');
  const told = kind === 'code' ? dedented(lines) : lines.map((line) => `# ${line}`.trimEnd());
  return [head, ...told, ''];
}

/** Without the indentation of the first line, as a notebook runs them. */
function dedented(lines: readonly string[]): string[] {
  const indent = /^\s*/.exec(lines.find((line) => line.trim() !== '') ?? '')?.[0] ?? '';
  return lines.map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line));
}

function checkLanguage(metadata: unknown): void {
  const { language_info: info, kernelspec } = fieldsOf(metadata);
  for (const language of [fieldsOf(info).name, fieldsOf(kernelspec).language]) {
    if (typeof language === 'string' && !language.toLowerCase().includes('python'))
      throw new Unreadable(`This notebook is written in ${language.slice(0, 40)}. Only Python runs here.`);
  }
}
