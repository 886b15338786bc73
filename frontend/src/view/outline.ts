/** What is visible as a tree, for the list beside the picture: groups with what is in them, all in the order in which it was made. Pure. */
import type { Fold, Group, ModelNode } from '../model';

export interface Entry {
  /** The id among what is visible. */
  readonly id: number;
  /** Null for a group. */
  readonly node: ModelNode | null;
  readonly group: Group | null;
  /** What an open group holds; empty for a closed one and for a node. */
  readonly entries: readonly Entry[];
}

/** The first `most` entries, however deep. A node that has several faces is there once. */
export function outlineOf({ items, boxes }: Fold, most: number): Entry[] {
  const within = new Map<number | null, Ranked[]>();
  const put = (home: number | null, entry: Ranked): void => {
    const known = within.get(home);
    if (known === undefined) within.set(home, [entry]);
    else known.push(entry);
  };
  const seen = new Set<number>();
  for (const item of items.values()) {
    const node = item.kind === 'node' ? item.node : null;
    if (node !== null && seen.has(node.id)) continue;
    if (node !== null) seen.add(node.id);
    const group = item.kind === 'group' ? item.group : null;
    put(item.box, { id: item.id, node, group, rank: node?.id ?? firstOf(group) });
  }
  for (const { id, group, box } of boxes.values()) put(box, { id, node: null, group, rank: firstOf(group) });
  let left = most;
  const entriesIn = (home: number | null): Entry[] => {
    const sorted = (within.get(home) ?? []).sort((a, b) => a.rank - b.rank);
    return sorted.flatMap(({ id, node, group }) => {
      if (left-- <= 0) return [];
      return [{ id, node, group, entries: boxes.has(id) ? entriesIn(id) : [] }];
    });
  };
  return entriesIn(null);
}

interface Ranked extends Omit<Entry, 'entries'> {
  readonly rank: number;
}

function firstOf(group: Group | null): number {
  return (group?.members ?? []).reduce((least, node) => Math.min(least, node), Infinity);
}
