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
      return layer.map(transaction.changes);
    },
    provide: (field) => EditorView.decorations.from(field),
  });
}
