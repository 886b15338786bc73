/** What is laid over the program's text: the expression at the playhead, the selection's, and each line's result. */
import { StateEffect, StateField, type Text } from '@codemirror/state';
import { Decoration, EditorView, WidgetType, type DecorationSet } from '@codemirror/view';

import { rangeOf, type PlaceLike } from './places';

export interface Mark {
  readonly place: PlaceLike;
  readonly kind: 'forward' | 'backward' | 'update' | 'other' | 'chosen';
}

export interface Result {
  readonly line: number;
  readonly text: string;
  /** The exact number, for the tooltip. */
  readonly exact: string;
}

export const setMarks = StateEffect.define<readonly Mark[]>();
export const setResults = StateEffect.define<readonly Result[]>();

export const markField = layerOf(setMarks, (marks, text) =>
  marks.flatMap(({ place, kind }) => {
    const range = rangeOf(text, place);
    if (!range || range.from === range.to) return [];
    return [Decoration.mark({ class: `cm-mark cm-mark-${kind}` }).range(range.from, range.to)];
  }),
);

export const results = layerOf(setResults, (lines, text) =>
  lines
    .filter(({ line }) => line >= 1 && line <= text.lines)
    .map((each) =>
      Decoration.widget({ widget: new ResultWidget(each), side: 1 }).range(text.line(each.line).to),
    ),
);

type Ranges = Parameters<typeof Decoration.set>[0];

/** A layer of decorations that is replaced by an effect, and moves along with edits until then. */
function layerOf<T>(
  effect: ReturnType<typeof StateEffect.define<T>>,
  build: (value: T, text: Text) => Ranges,
) {
  return StateField.define<DecorationSet>({
    create: () => Decoration.none,
    update(layer, transaction) {
      const set = transaction.effects.find((each) => each.is(effect));
      if (set) return Decoration.set(build(set.value as T, transaction.newDoc), true);
      return layer.map(transaction.changes);
    },
    provide: (field) => EditorView.decorations.from(field),
  });
}

class ResultWidget extends WidgetType {
  constructor(readonly result: Result) {
    super();
  }

  override eq(other: ResultWidget): boolean {
    return other.result.text === this.result.text && other.result.exact === this.result.exact;
  }

  override toDOM(): HTMLElement {
    const element = document.createElement('span');
    element.className = 'cm-result';
    element.textContent = `= ${this.result.text}`;
    element.title = this.result.exact;
    return element;
  }

  override ignoreEvent(): boolean {
    return true;
  }
}
