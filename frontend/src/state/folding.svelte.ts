/** Which groups a reader opened and closed, kept from run to run by the groups' keys; and what is visible with them. */
import { NO_CHOICES, withChoices } from './choices';
import { foldShown, groupShown, openGroups, type Choices } from '../model';
import type { Fold, Group, Grouping, Model, Shown } from '../model';

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

  set(group: Group, open: boolean): void {
    this.#choices = withChoices(this.#choices, [group], open);
  }

  /** All groups that there are now. */
  setAll({ groups }: Grouping, open: boolean): void {
    this.#choices = withChoices(this.#choices, groups.values(), open);
  }

  /** Opens the way to a node: all groups around it. True where one of them was closed. */
  openTo(node: number, { grouping, boxes }: Fold): boolean {
    const around: Group[] = [];
    for (let group = grouping.groupOf(node) ?? null; group !== null; group = group.parent) around.push(group);
    const closed = around.filter(({ id }) => !boxes.has(id));
    if (closed.length > 0) this.#choices = withChoices(this.#choices, around, true);
    return closed.length > 0;
  }

  /** As if no reader had been here. */
  forget(): void {
    this.#choices = NO_CHOICES;
  }

  #groupingOf(model: Model, shown: Shown): Grouping {
    if (this.#grouped?.model === model && this.#grouped.shown === shown) return this.#grouped.grouping;
    const grouping = groupShown(model, shown);
    this.#grouped = { model, shown, grouping };
    return grouping;
  }
}
