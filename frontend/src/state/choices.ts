/** A reader's choices of open and closed groups, with some made anew. Pure. */
import type { Choices, Group } from '../model';

export const NO_CHOICES: Choices = new Map();

export function withChoices(choices: Choices, groups: Iterable<Group>, open: boolean): Choices {
  return new Map([...choices, ...Array.from(groups, ({ key }) => [key, open] as const)]);
}
