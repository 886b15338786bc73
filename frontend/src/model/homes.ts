/** Which closed group, if any, stands for what is in it. */
import type { Group, Grouping } from './folding';

export class Homes {
  readonly #grouping: Grouping;
  readonly #open: ReadonlySet<number>;
  readonly #closed = new Map<Group, Group | null>();

  constructor(grouping: Grouping, open: ReadonlySet<number>) {
    this.#grouping = grouping;
    this.#open = open;
  }

  /** The innermost group of a node, open or not. */
  groupOf(node: number): Group | null {
    return this.#grouping.groupOf(node) ?? null;
  }

  /** Whether the group and all around it are open. */
  isOpen(group: Group): boolean {
    return this.closed(group) === null;
  }

  /** The outermost closed group that a group is in or is; null where all are open. */
  closed(group: Group | null): Group | null {
    if (group === null) return null;
    const known = this.#closed.get(group);
    if (known !== undefined) return known;
    const found = this.closed(group.parent) ?? (this.#open.has(group.id) ? null : group);
    this.#closed.set(group, found);
    return found;
  }
}
