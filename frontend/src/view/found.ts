/** What a search found, to be read. Pure. */
import { grouped, placeText, type Grouping, type Model } from '../model';
import { groupName, nodeTitle } from './titles';

export interface Found {
  readonly id: number;
  readonly title: string;
  /** Its line; of a group its class, or how much is in it. */
  readonly where: string;
}

/** In the order of the ids; those that are no longer there are left out. */
export function foundIn(
  model: Model | null,
  grouping: Grouping | undefined,
  ids: readonly number[],
): Found[] {
  return ids.flatMap((id) => {
    const group = grouping?.groups.get(id);
    if (group)
      return [{ id, title: groupName(group), where: group.type ?? `${group.operations} operations` }];
    const node = model?.nodes[id];
    return model && node
      ? [{ id, title: nodeTitle(node), where: node.place ? placeText(model, node.place) : '' }]
      : [];
  });
}

/** Whether each of the sought words is in a text, wherever in it. */
export function hasWords(text: string, sought: string): boolean {
  const within = text.toLowerCase();
  return sought
    .toLowerCase()
    .split(/\s+/)
    .every((word) => within.includes(word));
}

/** "3 found", or where one is among them: "2 of 3". */
export function countText(at: number, of: number): string {
  const all = grouped(of);
  return at < 0 ? `${all} found` : `${grouped(at + 1)} of ${all}`;
}
