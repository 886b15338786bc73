/** What a change of the program's text is, where it is no plain edit; and where a number goes that is pulled. */
import { Annotation, Facet, type TransactionSpec } from '@codemirror/state';

/** A number was let go of. */
export const letGo = Annotation.define<true>();

/** The page put it there, and knows. */
export const shown = Annotation.define<true>();

/** Whom a pulled number is told to. */
export interface Pull {
  /** This is what the text is to be; `next` is called when there is room for another number. */
  ask(text: string, next: () => void): void;
  /** The number as it is to be shown, with what came of it. */
  show(change: () => TransactionSpec): void;
}

export const pullTo = Facet.define<Pull, Pull | null>({ combine: ([first]) => first ?? null });
