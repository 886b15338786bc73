/** Which groups a reader opened and closed, kept in this browser by the groups that a program has. */
import type { Choices, Grouping } from '../model';
import { NO_CHOICES } from './choices';
import { keep, kept } from './kept';

const NAME = 'groups';
/** Of how many programs; the one longest untouched makes room. */
const MOST = 24;

/** The groups' fingerprint, with the keys of those that were opened and closed. */
type Entry = readonly [print: string, opened: readonly string[], closed: readonly string[]];

export function rememberChoices(grouping: Grouping, choices: Choices): void {
  const print = printOf(grouping);
  const chosen = (open: boolean): string[] =>
    Array.from(grouping.groups.values(), ({ key }) => key).filter((key) => choices.get(key) === open);
  const others = entries().filter(([other]) => other !== print);
  const own: Entry = [print, chosen(true), chosen(false)];
  keep(NAME, JSON.stringify([own, ...others].slice(0, MOST)));
}

export function rememberedChoices(grouping: Grouping): Choices {
  if (grouping.groups.size === 0) return NO_CHOICES;
  const print = printOf(grouping);
  const found = entries().find(([other]) => other === print);
  if (found === undefined) return NO_CHOICES;
  const [, opened, closed] = found;
  return new Map([
    ...opened.map((key) => [key, true] as const),
    ...closed.map((key) => [key, false] as const),
  ]);
}

/** What was kept by another version, or by hand, is as if it were not there. */
function entries(): Entry[] {
  try {
    const found: unknown = JSON.parse(kept(NAME) ?? '[]');
    return Array.isArray(found) ? found.filter(isEntry) : [];
  } catch {
    return [];
  }
}

function isEntry(found: unknown): found is Entry {
  if (!Array.isArray(found) || found.length !== 3 || typeof found[0] !== 'string') return false;
  return found
    .slice(1)
    .every((keys) => Array.isArray(keys) && keys.every((key: unknown) => typeof key === 'string'));
}

/** FNV-1a over the groups' keys. Two programs that share one by chance share no keys that would matter. */
function printOf({ groups }: Grouping): string {
  let hash = 0x811c9dc5;
  for (const { key } of groups.values()) {
    for (let i = 0; i <= key.length; i++) {
      hash = Math.imul(hash ^ (i < key.length ? key.charCodeAt(i) : 0), 0x01000193);
    }
  }
  return (hash >>> 0).toString(36);
}
