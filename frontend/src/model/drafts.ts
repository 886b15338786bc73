/** A group while it is being found out whether it is drawn. */
import type { GroupKind } from './folding';

export interface Draft {
  readonly id: number;
  readonly kind: GroupKind;
  /** Its name in full: a module's whole path. */
  readonly path: string;
  readonly type: string | null;
  readonly pass: number | null;
  /** Which call of its module, iteration of its loop or cell it is; null for a function, and for a loop as a whole. */
  readonly number: number | null;
  /** A loop of which several iterations are shown, or one of these. */
  repeated: boolean;
  children: Draft[];
  own: number[];
}

export function draftOf(id: number, kind: GroupKind, path: string, rest: Partial<Draft> = {}): Draft {
  const nothing = { type: null, pass: null, number: null, repeated: false, children: [], own: [] };
  return { ...nothing, id, kind, path, ...rest };
}

/** All nodes in a draft, those of inner ones too. */
export function membersOf(draft: Draft): number[] {
  return [...draft.own, ...draft.children.flatMap(membersOf)];
}

export function markRepeated(drafts: Iterable<Draft>): void {
  for (const loop of drafts) {
    if (loop.kind !== 'loop' || loop.number !== null) continue;
    const iterations = loop.children.filter(({ kind, number }) => kind === 'loop' && number !== null);
    if (iterations.length < 2) continue;
    for (const each of [loop, ...iterations]) each.repeated = true;
  }
}
