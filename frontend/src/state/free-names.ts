/** The free names of an expression, by the rules of the server (`parse/expression.py`): what becomes a leaf. Pure. */
import { pythonLanguage } from '@codemirror/lang-python';
import type { SyntaxNode } from '@lezer/common';

const PREFIXES = new Set(['torch', 'F', 'nn', 'math', 'np']);
const CONSTANTS = new Set(['pi', 'e', 'tau', 'inf', 'nan']);

/** In the order in which they come up. Functions that are called, arguments' names and what it binds itself are not. */
export function freeNames(expression: string): string[] {
  const found = new Set<string>();
  const bound = new Set<string>();
  pythonLanguage.parser.parse(expression).iterate({
    enter: ({ node }) => {
      if (node.name !== 'VariableName') return;
      const name = expression.slice(node.from, node.to).normalize('NFKC');
      if (binds(node)) bound.add(name);
      else if (isFree(node, name)) found.add(name);
    },
  });
  return [...found].filter((name) => !bound.has(name));
}

function isFree({ parent, from, nextSibling }: SyntaxNode, name: string): boolean {
  const first = parent?.firstChild?.from === from;
  if (CONSTANTS.has(name) || name.startsWith('__')) return false;
  if (parent?.name === 'CallExpression') return !first;
  if (parent?.name === 'MemberExpression' && first) return !PREFIXES.has(name);
  return !(parent?.name === 'ArgList' && nextSibling?.name === 'AssignOp');
}

function binds({ parent, prevSibling, nextSibling }: SyntaxNode): boolean {
  if (parent?.name === 'ParamList') return prevSibling?.name !== 'AssignOp';
  if (parent?.name === 'NamedExpression') return prevSibling === null;
  return /Comprehension/.test(parent?.name ?? '') && prevSibling?.name === 'for' && nextSibling !== null;
}
