/** What names a program binds, and to what as far as one can tell without running it. Pure: a syntax tree in. */
import type { SyntaxNode, Tree } from '@lezer/common';

/** A name of the program: what it was bound to last, or where it was imported from (a dotted path). */
export interface Bound {
  readonly kind: 'import' | 'function' | 'class' | 'variable' | 'parameter';
  /** For an import its path; for a variable the callee that made it, or "" where it is a literal of Python's own. */
  readonly from: string | null;
}

export type Scope = ReadonlyMap<string, Bound>;

const TARGETS = new Set(['AssignStatement', 'ForStatement', 'NamedExpression', 'WithStatement']);
const NO_TENSOR = new Set(['String', 'FormatString', 'Number', 'Boolean', 'None', 'ArrayExpression']);

/** All names bound anywhere in the text before or after: in which order they run is not asked. */
export function readScope(tree: Tree, text: string): Scope {
  const scope = new Map<string, Bound>();
  const at = ({ from, to }: SyntaxNode) => text.slice(from, to);
  tree.iterate({
    enter: ({ node }) => {
      if (node.name === 'ImportStatement')
        readImport(at(node)).forEach(([name, from]) => scope.set(name, from));
      if (node.name === 'ParamList')
        node
          .getChildren('VariableName')
          .forEach((each) => scope.set(at(each), { kind: 'parameter', from: null }));
      if (node.name === 'FunctionDefinition' || node.name === 'ClassDefinition') {
        const name = node.getChild('VariableName');
        const kind = node.name === 'ClassDefinition' ? 'class' : 'function';
        if (name) scope.set(at(name), { kind, from: basesOf(node, text) });
      }
      if (TARGETS.has(node.name)) {
        for (const target of targetsOf(node))
          scope.set(at(target), { kind: 'variable', from: madeBy(node, text) });
      }
    },
  });
  return scope;
}

/** The attributes that the class around a position gives its instances, and the bases that it has, as written. */
export function readSelf(
  tree: Tree,
  text: string,
  position: number,
): { names: string[]; bases: string } | null {
  let node: SyntaxNode | null = tree.resolveInner(position, -1);
  while (node && node.name !== 'ClassDefinition') node = node.parent;
  if (!node) return null;
  const names = new Set<string>();
  const body = text.slice(node.from, node.to);
  for (const found of body.matchAll(/\bself\.([^\W\d]\w*)\s*(?::[^=\n]+)?=(?!=)|^\s+def\s+([^\W\d]\w*)/gm)) {
    const name = found[1] ?? found[2] ?? '';
    if (!name.startsWith('__')) names.add(name);
  }
  return { names: [...names], bases: basesOf(node, text) };
}

function basesOf(node: SyntaxNode, text: string): string {
  const bases = node.name === 'ClassDefinition' ? node.getChild('ArgList') : null;
  return bases ? text.slice(bases.from + 1, bases.to - 1) : '';
}

/** The names to the left of the first sign that binds them. */
function targetsOf(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  let binding = node.name !== 'WithStatement';
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (['AssignOp', 'in', 'Body', ':='].includes(child.name)) break;
    if (child.name === 'as') binding = true;
    else if (!binding) continue;
    else if (child.name === 'VariableName') found.push(child);
    else if (child.name === 'TupleExpression') found.push(...child.getChildren('VariableName'));
  }
  return found;
}

function madeBy(node: SyntaxNode, text: string): string | null {
  const made = node.name === 'AssignStatement' ? node.lastChild : null;
  if (!made) return null;
  if (NO_TENSOR.has(made.name)) return '';
  const callee = made.name === 'CallExpression' ? made.firstChild : null;
  return callee ? text.slice(callee.from, callee.to) : null;
}

function readImport(statement: string): [string, Bound][] {
  const [, module, members] = /^from\s+([\w.]+)\s+import\s+\(?([^)]*)/s.exec(statement) ?? [];
  const listed = (members ?? statement.replace(/^import\s+/, '')).split(',');
  return listed.flatMap((each): [string, Bound][] => {
    const [, path, alias] = /^\s*([\w.]+)(?:\s+as\s+(\w+))?\s*$/.exec(each) ?? [];
    if (path === undefined) return [];
    const from = module === undefined ? path : `${module}.${path}`;
    const first = path.split('.')[0] ?? path;
    return alias === undefined
      ? [[first, { kind: 'import', from: module === undefined ? first : from }]]
      : [[alias, { kind: 'import', from }]];
  });
}
