/** Completion in the program: what may be written at the cursor, from the language's names and the program's own. */
import {
  snippetCompletion,
  type Completion,
  type CompletionContext,
  type CompletionSource,
} from '@codemirror/autocomplete';
import { ensureSyntaxTree, syntaxTree } from '@codemirror/language';
import type { EditorState } from '@codemirror/state';
import type { SyntaxNode, Tree } from '@lezer/common';

import { entryOf, membersOf, pathOf, isNetwork } from './meaning';
import { loadNames, unpack, type Names, type Packed } from './names';
import { readScope, readSelf, type Scope } from './scope';

const LONGEST_PARSE_MS = 200;
const WORD = /[^\W\d]\w*$/;
const KEYWORDS =
  'and as assert async await break class continue def del elif else except False finally for from global if import in is lambda None nonlocal not or pass raise return True try while with yield'.split(
    ' ',
  );
const TYPES = { f: 'function', c: 'class', v: 'variable', m: 'namespace' } as const;

/** In a program. */
export const complete = completing((context, before, names) => optionsAt(context, before, names));

/** In an expression: functions stand there by their own names, modules by their usual ones. */
export const completeExpression = completing((context, before, names) => {
  if (before.endsWith('.')) {
    const object = objectBefore(before);
    return object === null ? [] : optionsOf(membersOf(object, EXPRESSION, names));
  }
  const text = context.state.doc.toString();
  const functions = { ...names.modules['torch.nn.functional'], ...names.modules.torch };
  const called = Object.entries(functions).filter(([, packed]) => unpack(packed).kind === 'f');
  return [...argumentsAt(context, text, EXPRESSION, names), ...optionsOf(Object.fromEntries(called))];
});

const EXPRESSION: Scope = new Map(
  [
    ['torch', 'torch'],
    ['F', 'torch.nn.functional'],
    ['nn', 'torch.nn'],
    ['math', 'math'],
    ['np', 'numpy'],
  ].map(([name = '', from = '']) => [name, { kind: 'import', from }]),
);

type Options = (context: CompletionContext, before: string, names: Names) => Completion[];

/** Nothing in comments and strings, nor after a number. */
function completing(optionsAt: Options): CompletionSource {
  return async (context) => {
    const { state, pos } = context;
    const node = treeOf(state).resolveInner(pos, -1);
    if (/^(Comment|String|Number)$/.test(node.name)) return null;
    const line = state.doc.lineAt(pos);
    const before = line.text.slice(0, pos - line.from);
    const word = WORD.exec(before)?.[0] ?? '';
    // One letter is a name of its own more often than the beginning of one.
    const asked = context.explicit || word.length > 1 || /[\w)\]]\.\w?$|^\s*from [\w.]+ import /.test(before);
    if (!asked) return null;
    const names = await loadNames();
    if (context.aborted) return null;
    const options = optionsAt(context, before.slice(0, before.length - word.length), names);
    return options.length > 0 ? { from: pos - word.length, options, validFor: /^\w*$/ } : null;
  };
}

/** All of the text's syntax, where that can be had without waiting long: typing may be ahead of the parser. */
function treeOf(state: EditorState): Tree {
  return ensureSyntaxTree(state, state.doc.length, LONGEST_PARSE_MS) ?? syntaxTree(state);
}

function optionsAt(context: CompletionContext, before: string, names: Names): Completion[] {
  const imported = importsAfter(before, names);
  if (imported) return optionsOf(imported);
  const text = context.state.doc.toString();
  const tree = treeOf(context.state);
  const scope = readScope(tree, text);
  if (!before.endsWith('.')) return [...argumentsAt(context, text, scope, names), ...freeNames(scope, names)];
  const object = objectBefore(text.slice(0, context.pos).replace(WORD, ''));
  if (object !== 'self') return object === null ? [] : optionsOf(membersOf(object, scope, names));
  const self = readSelf(tree, text, context.pos);
  const network = self?.bases
    .split(',')
    .some((each) => /Module\s*$/.test(each) || isNetwork(each.trim(), scope));
  const own = (self?.names ?? []).map((label): Completion => ({ label, type: 'property', boost: 2 }));
  return [...own, ...(network ? optionsOf(names.module) : [])];
}

/** After `import` and `from … import`: modules, or the names of one. */
function importsAfter(before: string, names: Names): Packed | null {
  const [, module] = /^\s*from\s+([\w.]+)\s+import\s+.*$/.exec(before) ?? [];
  if (module !== undefined) return names.modules[module] ?? {};
  const [, path] = /^\s*(?:from|import)\s+(?:.*,\s*)?((?:\w+\.)*)$/.exec(before) ?? [];
  if (path === undefined) return null;
  const all = Object.keys(names.modules).filter((each) => each.startsWith(path));
  return Object.fromEntries(all.map((each) => [each.slice(path.length).split('.')[0] ?? each, 'm']));
}

const OPENING: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** The expression before the dot that `before` ends in: names, dots and brackets, read backwards; null for no such. */
function objectBefore(before: string): string | null {
  const end = before.length - 1;
  const awaited: string[] = [];
  let start = end;
  for (; start > 0; start--) {
    const character = before[start - 1] ?? '';
    const opening = OPENING[character];
    if (opening !== undefined) awaited.push(opening);
    else if (awaited.length > 0 && character === awaited.at(-1)) awaited.pop();
    else if (awaited.length === 0 && !/[\w.]/.test(character)) break;
  }
  const object = before.slice(start, end).trim();
  return object === '' || /^\d/.test(object) ? null : object;
}

/** The parameters of the call that the cursor is in, as `name=`. */
function argumentsAt(
  { state, pos }: CompletionContext,
  text: string,
  scope: Scope,
  names: Names,
): Completion[] {
  let list: SyntaxNode | null = treeOf(state).resolveInner(pos, -1);
  while (list && list.name !== 'ArgList') list = list.name === 'Body' ? null : list.parent;
  const callee = list?.parent?.firstChild;
  if (!callee || list?.parent?.name !== 'CallExpression') return [];
  const written = text.slice(callee.from, callee.to);
  const method = /\.(\w+)$/.exec(written)?.[1] ?? '';
  const packed = names.tensor[method];
  const entry = entryOf(pathOf(written, scope), names) ?? (packed === undefined ? null : unpack(packed));
  const parameters = [...(entry?.parameters ?? '').matchAll(/(?:^|, )([^\W\d]\w*)(=[^,]*)?/g)];
  return parameters.map(([, name = '', value = '']) => ({
    label: `${name}=`,
    detail: value.slice(1),
    type: 'property',
    boost: 3,
  }));
}

/** What stands on its own: the program's names first, then builtins and keywords. */
function freeNames(scope: Scope, names: Names): Completion[] {
  const kinds = { import: 'namespace', function: 'function', class: 'class' } as const;
  const bound = [...scope].map(([label, { kind, from }]): Completion => {
    const type = kind === 'variable' || kind === 'parameter' ? 'variable' : kinds[kind];
    const entry = kind === 'import' ? entryOf(from, names) : null;
    return { label, type, boost: 1, ...(entry && told(entry.parameters, entry.doc)) };
  });
  const known = new Set(scope.keys());
  const keywords = KEYWORDS.map((label): Completion => ({ label, type: 'keyword', boost: -1 }));
  return [
    ...bound,
    ...optionsOf(names.builtins).filter(({ label }) => !known.has(label)),
    ...keywords,
    ...CELLS,
  ];
}

const CELLS = [
  snippetCompletion('torch.tensor(${1.0}, requires_grad=True)', {
    label: 'leaf',
    detail: 'a tensor that takes a gradient',
    type: 'text',
  }),
];

function optionsOf(packed: Packed): Completion[] {
  return Object.entries(packed).map(([label, each]) => {
    const { kind, parameters, doc } = unpack(each);
    return { label, type: TYPES[kind], boost: label.endsWith('_') ? -1 : 0, ...told(parameters, doc) };
  });
}

function told(parameters: string, doc: string): Pick<Completion, 'detail' | 'info'> {
  return { ...(parameters && { detail: `(${parameters})` }), ...(doc && { info: doc }) };
}
