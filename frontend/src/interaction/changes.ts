/** What a change of the program's text is, where it is no plain edit. */
import { Annotation } from '@codemirror/state';

/** A number is pulled. */
export interface Pulling {
  /** It was let go of. */
  readonly over: boolean;
  /** To be called when there is room for the next number. */
  readonly next: (() => void) | null;
}

export const dragged = Annotation.define<Pulling>();

/** The page put it there, and knows. */
export const shown = Annotation.define<true>();
