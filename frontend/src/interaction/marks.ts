/** What is laid over the program's text: the expression at the playhead, and the selection's. */
import { StateEffect } from '@codemirror/state';
import { Decoration } from '@codemirror/view';

import { layerOf } from './layers';
import { rangeOf, type PlaceLike } from './places';

export interface Mark {
  readonly place: PlaceLike;
  readonly kind: 'forward' | 'backward' | 'update' | 'other' | 'chosen';
}

export const setMarks = StateEffect.define<readonly Mark[]>();

export const marks = layerOf(setMarks, (all, text) =>
  all.flatMap(({ place, kind }) => {
    const range = rangeOf(text, place);
    if (!range || range.from === range.to) return [];
    return [Decoration.mark({ class: `cm-mark cm-mark-${kind}` }).range(range.from, range.to)];
  }),
);
