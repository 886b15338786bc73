/**
 * The groups of what is shown, as a tree of those that are worth a box: a backward pass's nodes are a layer of their
 * own; what would be a box around everything, around next to nothing, or around just another box is none.
 */
import { draftOf, markRepeated, membersOf, type Draft } from './drafts';
import type { Group, Grouping } from './folding';
import { intoParts } from './parts';
import type { Model, Shown } from './types';

/** Up to so many nodes a group is as quickly read as its box. */
const TRIVIAL = 2;
/** In a graph of no more nodes, cells are plain from the program beside it. */
const FEW = 64;

export function groupShown(model: Model, shown: Shown): Grouping {
  const ids = idsOf(model);
  const root = draftOf(-1, 'cell', '');
  const drafts = new Map([[root.id, root]]);
  for (const node of shown.nodes)
    homeOf(model, node, chainOf(model, shown, node), drafts, ids).own.push(node);
  markRepeated(drafts.values());
  const isOperation = (node: number): boolean => model.nodes[node]?.kind === 'op';
  const all = { nodes: shown.nodes.length, operations: shown.nodes.filter(isOperation).length };
  dissolve(root, (draft) => isWorthABox(draft, all, isOperation));
  const ranks = new Map(shown.nodes.map((node, i) => [node, i]));
  intoParts(root, (node) => ranks.get(node) ?? 0, ids.part);
  return finished(model, root, isOperation);
}

const COUNTED: Readonly<Record<string, string>> = { loop: 'iteration', cell: 'cell' };

/** A group's name; iterations and cells are counted from 1, as on the timeline and beside what they print. */
export function groupNameOf({ kind, name, number }: Model['document']['groups'][number]): string {
  const counted = COUNTED[kind];
  return counted !== undefined && number !== null ? `${counted} ${number + 1}` : name;
}

/** Ids of groups follow those of nodes. */
interface Ids {
  group(id: number): number;
  /** Of what a pass made within a group, -1 for outside of all. */
  layer(pass: number, around: number): number;
  /** The first of those that are free. */
  readonly part: number;
}

function idsOf({ nodes, document: { groups, passes } }: Model): Ids {
  const layers = nodes.length + groups.length;
  return {
    group: (id) => nodes.length + id,
    layer: (pass, around) => layers + (around + 1) * passes.length + pass,
    part: layers + (groups.length + 1) * passes.length,
  };
}

/** The innermost draft that a node is in; those on the way are made where they are not there yet. */
function homeOf(
  model: Model,
  node: number,
  chain: readonly number[],
  drafts: Map<number, Draft>,
  ids: Ids,
): Draft {
  const within = (home: Draft | undefined, made: Draft): Draft => {
    const known = drafts.get(made.id);
    if (known !== undefined) return known;
    home?.children.push(made);
    drafts.set(made.id, made);
    return made;
  };
  let home = drafts.get(-1);
  for (const id of chain) {
    const group = model.document.groups[id];
    if (group === undefined) continue;
    const { kind, type, number } = group;
    home = within(home, draftOf(ids.group(id), kind, groupNameOf(group), { type, number }));
  }
  const pass = layerOf(model, node);
  if (pass === null) return home ?? draftOf(-1, 'cell', '');
  const id = ids.layer(pass, chain.at(-1) ?? -1);
  return within(home, draftOf(id, 'backward', '', { pass }));
}

/**
 * The groups that a node is in, outermost first. A parameter that calls in several iterations use stands outside of
 * these; where one is shown, it is with the call of its module there.
 */
function chainOf(model: Model, shown: Shown, id: number): readonly number[] {
  const node = model.nodes[id];
  const own = node?.groups ?? [];
  if (node?.kind !== 'leaf' || node.name === null) return own;
  const users = node.outgoing
    .map((edge) => model.edges[edge]?.target ?? -1)
    .filter((user) => shown.has(user));
  const chains = users.map((user) => model.nodes[user]?.groups ?? []);
  const shared = (chains[0] ?? []).filter((group, i) => chains.every((chain) => chain[i] === group));
  const owner = shared.findLastIndex((group) => {
    const { kind, name = '' } = model.document.groups[group] ?? {};
    return kind === 'module' && node.name?.startsWith(`${name}.`);
  });
  return owner >= own.length ? shared.slice(0, owner + 1) : own;
}

/** The pass that made a node, or that alone uses an input. */
function layerOf(model: Model, id: number): number | null {
  const madeIn = (node: number): number | null => model.document.nodes[node]?.made_in ?? null;
  const node = model.nodes[id];
  if (node === undefined || node.kind !== 'input' || node.name !== null) return madeIn(id);
  const users = node.outgoing.map((edge) => madeIn(model.edges[edge]?.target ?? -1));
  return users.every((user) => user === users[0]) ? (users[0] ?? null) : null;
}

/** Puts what is in a draft that is not worth a box into the one around it. */
function dissolve(draft: Draft, isWorthIt: (child: Draft) => boolean): void {
  for (const child of draft.children) dissolve(child, isWorthIt);
  const alone = draft.id >= 0 && draft.own.length === 0 && draft.children.length === 1;
  const kept = new Set(
    draft.children.filter((child) => isWorthIt(child) && !(alone && child.kind !== 'backward')),
  );
  for (const child of draft.children) if (!kept.has(child)) draft.own.push(...child.own);
  draft.children = draft.children.flatMap((child) => (kept.has(child) ? [child] : child.children));
}

/** Of a loop of which one iteration is shown, neither it nor the iteration is drawn. */
function isWorthABox(
  draft: Draft,
  all: { readonly nodes: number; readonly operations: number },
  isOperation: (node: number) => boolean,
): boolean {
  if (draft.kind === 'backward') return true;
  const members = membersOf(draft);
  if (members.length <= TRIVIAL || members.filter(isOperation).length === all.operations) return false;
  if (draft.kind === 'cell') return all.nodes > FEW;
  return draft.kind !== 'loop' || draft.repeated;
}

type Unfinished = Omit<Group, 'children'> & { children: Group[] };

function finished(model: Model, root: Draft, isOperation: (node: number) => boolean): Grouping {
  const groups = new Map<number, Group>();
  const homes = new Map<number, Group | null>();
  const finish = (draft: Draft, around: Draft, parent: Unfinished | null, key: string): Group => {
    const members = membersOf(draft);
    const group: Unfinished = {
      ...{ id: draft.id, kind: draft.kind, type: draft.type, pass: draft.pass, key, parent },
      name: nameWithin(model, draft, around),
      children: [],
      own: draft.own,
      members,
      operations: members.filter(isOperation).length,
    };
    groups.set(draft.id, group);
    for (const node of draft.own) homes.set(node, group);
    group.children = finishAll(draft, group, key);
    return group;
  };
  const finishAll = (draft: Draft, parent: Unfinished | null, key: string): Group[] => {
    const met = new Map<string, number>();
    return draft.children.map((child) => {
      const name = `${child.kind}:${child.number === null ? child.path : (child.type ?? '')}`;
      met.set(name, (met.get(name) ?? 0) + 1);
      return finish(child, draft, parent, `${key}/${name}~${met.get(name)}`);
    });
  };
  for (const node of root.own) homes.set(node, null);
  return { roots: finishAll(root, null, ''), own: root.own, groups, groupOf: (node) => homes.get(node) };
}

/** What a group is called within the one around it. */
function nameWithin(model: Model, draft: Draft, around: Draft): string {
  const { kind, path, pass } = draft;
  if (kind === 'backward') {
    const differentiable = model.document.passes[pass ?? -1]?.create_graph === true;
    return `${differentiable ? 'backward' : 'made in backward'} pass ${(pass ?? 0) + 1}`;
  }
  if (kind === 'part') return partName(model, draft);
  return kind === 'module' && path.startsWith(`${around.path}.`) ? path.slice(around.path.length + 1) : path;
}

function partName(model: Model, part: Draft): string {
  const nameOf = (child: Draft): string => nameWithin(model, child, part);
  const operations = part.own.flatMap((id) => (model.nodes[id]?.kind === 'op' ? model.nodes[id] : []));
  const names = part.children.length > 0 ? part.children.map(nameOf) : operations.map(({ label }) => label);
  return names.length > 1 ? `${names[0]} … ${names.at(-1)}` : (names[0] ?? '…');
}
