/** Which groups a reader opened and closed, kept from run to run, and from visit to visit, by the groups' keys; and what is visible with them. */
import { NO_CHOICES, withChoices } from './choices';
import { foldShown, groupShown, openGroups, type Choices } from '../model';
import type { Fold, Group, Grouping, Model, Shown } from '../model';
import { rememberChoices, rememberedChoices } from './remembered';

export class Folding {
  #choices = $state.raw<Choices>(NO_CHOICES);
  #grouped: { readonly model: Model; readonly shown: Shown; readonly grouping: Grouping } | null = null;

  /** Another object whenever a group was opened or closed. */
  get choices(): Choices {
    return this.#choices;
  }

  fold(model: Model, shown: Shown): Fold {
    const grouping = this.#groupingOf(model, shown);
    return foldShown(model, shown, grouping, openGroups(grouping, this.#choices));
  }

  /** Another structure: opens as a reader left it, unless one has chosen already. */
  recall(model: Model): void {
    const grouping = this.#groupingOf(model, model.shownAt(-1));
    if (this.#choices.size === 0) this.#choices = rememberedChoices(grouping);
  }

  /** One of the groups that there are now. */
  set(group: Group, grouping: Grouping, open: boolean): void {
    this.#choose(grouping, [group], open);
  }

  /** All groups that there are now. */
  setAll(grouping: Grouping, open: boolean): void {
    this.#choose(grouping, grouping.groups.values(), open);
  }

  /** Opens the way to a node: all groups around it. True where one of them was closed. */
  openTo(node: number, { grouping, boxes }: Fold): boolean {
    const around: Group[] = [];
    for (let group = grouping.groupOf(node) ?? null; group !== null; group = group.parent) around.push(group);
    const closed = around.filter(({ id }) => !boxes.has(id));
    if (closed.length > 0) this.#choose(grouping, around, true);
    return closed.length > 0;
  }

  /** The next program is another one. */
  forget(): void {
    this.#choices = NO_CHOICES;
  }

  #choose(grouping: Grouping, groups: Iterable<Group>, open: boolean): void {
    this.#choices = withChoices(this.#choices, groups, open);
    rememberChoices(grouping, this.#choices);
  }

  #groupingOf(model: Model, shown: Shown): Grouping {
    if (this.#grouped?.model === model && this.#grouped.shown === shown) return this.#grouped.grouping;
    const grouping = groupShown(model, shown);
    this.#grouped = { model, shown, grouping };
    return grouping;
  }
}
