/** What a change of the program's text is, where it is no plain edit. */
import { Annotation } from '@codemirror/state';

/** A number is pulled: whether the pull goes on. */
export const dragged = Annotation.define<'going' | 'over'>();

/** The page put it there, and knows. */
export const shown = Annotation.define<true>();
