/**
 * A long row of groups and operations becomes a row of parts, each a stretch of it: a thousand steps of a recurrent
 * network are some thirty parts of some thirty steps. Stretches of a row in order never make a cycle.
 */
import { draftOf, membersOf, type Draft } from './drafts';

/** A row with no more in it is left as it is. */
const LONG = 100;

interface Entry {
  readonly rank: number;
  readonly draft: Draft | null;
  readonly node: number;
}

/** Puts everything in order by rank, and long rows into parts; `firstId` and what follows are free for these. */
export function intoParts(root: Draft, rankOf: (node: number) => number, firstId: number): void {
  let id = firstId;
  const byRank = (a: number, b: number): number => rankOf(a) - rankOf(b);
  const visit = (draft: Draft): void => {
    draft.children.forEach(visit);
    draft.own.sort(byRank);
    const entries = entriesOf(draft, rankOf);
    draft.children = entries.flatMap((entry) => entry.draft ?? []);
    if (entries.length <= LONG) return;
    const length = Math.ceil(Math.sqrt(entries.length));
    draft.own = [];
    draft.children = [];
    for (let at = 0; at < entries.length; at += length) {
      draft.children.push(partOf(id++, draft, entries.slice(at, at + length)));
    }
  };
  visit(root);
}

function entriesOf(draft: Draft, rankOf: (node: number) => number): Entry[] {
  const groups = draft.children.map((child) => {
    const ranks = membersOf(child).map(rankOf);
    return { rank: ranks.reduce((least, rank) => Math.min(least, rank), Infinity), draft: child, node: -1 };
  });
  const nodes = draft.own.map((node) => ({ rank: rankOf(node), draft: null, node }));
  return [...groups, ...nodes].sort((a, b) => a.rank - b.rank);
}

function partOf(id: number, around: Draft, entries: readonly Entry[]): Draft {
  const children = entries.flatMap(({ draft }) => draft ?? []);
  const own = entries.flatMap(({ draft, node }) => (draft === null ? [node] : []));
  return draftOf(id, 'part', around.path, { children, own });
}
