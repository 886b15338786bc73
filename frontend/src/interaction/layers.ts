/** A layer of decorations over the text that an effect replaces as a whole, and that moves along with edits until then. */
import { StateField, type StateEffectType, type Text } from '@codemirror/state';
import { Decoration, EditorView, type DecorationSet } from '@codemirror/view';

type Ranges = Parameters<typeof Decoration.set>[0];

export function layerOf<T>(
  effect: StateEffectType<T>,
  build: (value: T, text: Text) => Ranges,
): StateField<DecorationSet> {
  return StateField.define<DecorationSet>({
    create: () => Decoration.none,
    update(layer, transaction) {
      const set = transaction.effects.findLast((each) => each.is(effect));
      if (set) return Decoration.set(build(set.value as T, transaction.newDoc), true);
      const { changes, startState } = transaction;
      if (changes.empty) return layer;
      /** What stands at the end of a line that was replaced as a whole goes with it. */
      const stands = (from: number, to: number): boolean =>
        from < to || changes.touchesRange(startState.doc.lineAt(from).from, from) !== 'cover';
      return layer.update({ filter: stands }).map(changes);
    },
    provide: (field) => EditorView.decorations.from(field),
  });
}
