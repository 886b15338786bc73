/**
 * Which groups are open. A small graph is all open. Of a large one as many levels are as there is room to read, always
 * all groups of a kind side by side or none; further in, a reader opens them, and what is small in there is open already.
 */
import type { Group, Grouping } from './folding';

/** A graph of no more nodes is readable as it is. */
const SMALL = 40;
/** No level is opened that makes more things to look at than this. */
const READABLE = 40;
/** With as many things to look at there is no need to open more. */
const ENOUGH = 12;
/** A group of so few nodes is open as soon as the one around it is. */
const SLIGHT = 8;

/** What a reader opened (true) or closed (false), by the groups' keys. */
export type Choices = ReadonlyMap<string, boolean>;

export function openGroups(grouping: Grouping, choices: Choices): ReadonlySet<number> {
  const open = openAtFirst(grouping);
  for (const group of grouping.groups.values()) {
    const chosen = choices.get(group.key);
    if (chosen === true) open.add(group.id);
    if (chosen === false) open.delete(group.id);
  }
  return open;
}

function openAtFirst({ roots, own, groups }: Grouping): Set<number> {
  const nodes = own.length + roots.reduce((sum, { members }) => sum + members.length, 0);
  const all = [...groups.values()];
  if (nodes <= SMALL) return new Set(all.map(({ id }) => id));
  const open = new Set<number>();
  let seen = own.length + roots.length;
  let rows = alike(roots);
  while (seen < ENOUGH && rows.length > 0) {
    const [largest = [], ...others] = rows.sort((a, b) => size(b) - size(a));
    const gained = largest.reduce((sum, group) => sum + within(group) - 1, 0);
    rows = others;
    if (seen + gained > READABLE) continue;
    for (const { id, children } of largest) {
      open.add(id);
      rows.push(...alike(children));
    }
    seen += gained;
  }
  const looked = (group: Group): boolean => group.parent === null || open.has(group.parent.id);
  for (const group of all) if (group.members.length <= SLIGHT && !looked(group)) open.add(group.id);
  return open;
}

/** Siblings that are of one kind: modules of one class, calls of one function, iterations. */
function alike(siblings: readonly Group[]): Group[][] {
  const rows = new Map<string, Group[]>();
  for (const group of siblings) {
    const kind = `${group.kind} ${group.type ?? (group.kind === 'function' ? group.name : '')}`;
    rows.set(kind, [...(rows.get(kind) ?? []), group]);
  }
  return [...rows.values()];
}

function size(row: readonly Group[]): number {
  return row.reduce((sum, { members }) => sum + members.length, 0);
}

function within({ children, own }: Group): number {
  return children.length + own.length;
}
