/** Each shown node's item: itself, one of its appearances, the closed group that it is in, or what it folds into. */
import { scattered } from './appearances';
import type { Group, GroupItem, Item } from './folding';
import type { Homes } from './homes';
import type { Model, ModelEdge, ModelNode, Shown } from './types';

export interface Items {
  readonly all: ReadonlyMap<number, Item>;
  /** The ids of all items that show a node. */
  showing(node: number): readonly number[];
  /** The items between which an edge is drawn; null where it is within one, or an end is not shown. */
  ends(edge: ModelEdge): readonly [source: number, target: number] | null;
}

export function placeItems(model: Model, shown: Shown, homes: Homes): Items {
  const all = new Map<number, Item>();
  const showing = new Map<number, number[]>();
  const many = scattered(model, shown);
  const nodes = shown.nodes.flatMap((id) => model.nodes[id] ?? []);
  for (const node of nodes) {
    if (many.has(node.id) || node.folded) continue;
    const group = homes.groupOf(node.id);
    const closed = homes.closed(group);
    const id = closed?.id ?? node.id;
    showing.set(node.id, [id]);
    if (closed === null) all.set(id, { kind: 'node', id, node, box: group?.id ?? null, appearances: 1 });
    else if (!all.has(id)) all.set(id, groupItem(model, closed));
  }
  const beside = placeAppearances(
    model,
    nodes.filter(({ id }) => many.has(id)),
    { all, showing, homes },
  );
  for (const { id, folded, outgoing } of nodes) {
    const users = outgoing.flatMap((edge) => showing.get(model.edges[edge]?.target ?? -1) ?? []);
    if (folded) showing.set(id, users.slice(0, 1));
  }
  const ends = ({ source, target }: ModelEdge): readonly [number, number] | null => {
    const to = showing.get(target)?.[0];
    const from = many.has(source) ? beside.get(`${source}>${to}`) : showing.get(source)?.[0];
    return from === undefined || to === undefined || from === to || model.nodes[source]?.folded
      ? null
      : [from, to];
  };
  return { all, showing: (node) => showing.get(node) ?? [], ends };
}

function groupItem(model: Model, group: Group): GroupItem {
  const outputs = outputsOf(model, group);
  return {
    kind: 'group',
    id: group.id,
    group,
    box: group.parent?.id ?? null,
    outputs,
    output: outputs.length === 1 ? (outputs[0] ?? null) : null,
  };
}

/** The operations whose outputs are used outside, or else the last of all. */
function outputsOf(model: Model, { members }: Group): readonly ModelNode[] {
  const inside = new Set(members);
  const operations = members.flatMap((id) => (model.nodes[id]?.kind === 'op' ? model.nodes[id] : []));
  const leaves = (edge: number): boolean => !inside.has(model.edges[edge]?.target ?? -1);
  const leaving = operations.filter(({ outgoing }) => outgoing.some(leaves));
  return leaving.length > 0 ? leaving : operations.slice(-1);
}

interface Placing {
  readonly all: Map<number, Item>;
  readonly showing: Map<number, number[]>;
  readonly homes: Homes;
}

/** An appearance beside each item that uses the node; by "node>user" its id. Inside a closed group it needs none. */
function placeAppearances(
  model: Model,
  nodes: readonly ModelNode[],
  { all, showing, homes }: Placing,
): ReadonlyMap<string, number> {
  const beside = new Map<string, number>();
  for (const node of nodes) {
    const home = homes.closed(homes.groupOf(node.id));
    const uses = node.outgoing.flatMap((edge) => {
      const [user] = showing.get(model.edges[edge]?.target ?? -1) ?? [];
      return user === undefined || user === home?.id ? [] : [{ edge, user }];
    });
    const users = [...new Set(uses.map(({ user }) => user))];
    users.forEach((user, i) => {
      const id = i === 0 ? node.id : -1 - (uses.find((use) => use.user === user)?.edge ?? 0);
      const box = all.get(user)?.box ?? null;
      all.set(id, { kind: 'node', id, node, box, appearances: users.length });
      beside.set(`${node.id}>${user}`, id);
    });
    const faces = users.map((user) => beside.get(`${node.id}>${user}`) ?? node.id);
    showing.set(node.id, faces.length > 0 ? faces : home === null ? [] : [home.id]);
  }
  return beside;
}
