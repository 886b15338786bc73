/** What an expression of the program is, as far as its names tell: a module, a tensor, a network, an optimizer. Pure. */
import { unpack, type Entry, type Names, type Packed } from './names';
import type { Scope } from './scope';

/** The dotted path that an expression names among what may be imported; null for anything else. */
export function pathOf(expression: string, scope: Scope): string | null {
  if (!/^[^\W\d]\w*(\.\w+)*$/.test(expression)) return null;
  const [first = '', ...rest] = expression.split('.');
  const bound = scope.get(first);
  return bound?.kind === 'import' && bound.from ? [bound.from, ...rest].join('.') : null;
}

/** What a path names; null where it is not of the language. */
export function entryOf(path: string | null, names: Names): Entry | null {
  const dot = path?.lastIndexOf('.') ?? -1;
  const packed = path === null ? undefined : names.modules[path.slice(0, dot)]?.[path.slice(dot + 1)];
  return packed === undefined ? null : unpack(packed);
}

/** The names after a dot: of a module with what is in it, or the attributes of what it is taken for. */
export function membersOf(expression: string, scope: Scope, names: Names): Packed {
  const path = pathOf(expression, scope);
  const own = path === null ? undefined : names.modules[path];
  if (path !== null && own) return { ...own, ...submodulesOf(path, names) };
  if (expression.startsWith('super()')) return names.module;
  const bound = scope.get(expression);
  if (bound?.kind === 'import' || bound?.kind === 'function' || bound?.kind === 'class') return {};
  if (bound?.kind !== 'variable' || bound.from === null) return names.tensor;
  return bound.from === '' ? {} : madeBy(bound.from, scope, names);
}

function madeBy(callee: string, scope: Scope, names: Names): Packed {
  const path = pathOf(callee, scope);
  if (path?.startsWith('torch.optim.')) return path.includes('lr_scheduler') ? {} : names.optimizer;
  if (path?.startsWith('torch.nn.') && entryOf(path, names)?.kind === 'c')
    return path === 'torch.nn.Parameter' ? names.tensor : names.module;
  if (isNetwork(callee, scope)) return names.module;
  const known = path === null ? null : entryOf(path, names);
  return path !== null && known?.kind !== 'f' ? {} : names.tensor;
}

/** Whether a name is a class of the program with a Module among its bases. */
export function isNetwork(name: string, scope: Scope, depth = 0): boolean {
  const bound = scope.get(name);
  if (bound?.kind !== 'class' || depth > 8) return false;
  const bases = (bound.from ?? '').split(',').map((each) => each.trim());
  return bases.some((base) => /(^|\.)Module$/.test(base) || isNetwork(base, scope, depth + 1));
}

export function submodulesOf(path: string, names: Names): Packed {
  const inside = Object.keys(names.modules).filter((each) => each.startsWith(`${path}.`));
  return Object.fromEntries(inside.map((each) => [each.slice(path.length + 1).split('.')[0] ?? each, 'm']));
}
