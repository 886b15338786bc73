/** What the program's hooks changed at a node. Pure. */
import type { Model, Place } from '../../model';

export interface Change {
  /** "A hook on the tensor", … */
  readonly who: string;
  readonly place: Place | null;
  readonly before: number | null;
  readonly after: number | null;
  /** The step at which it happened; null for a gradient that went straight to `autograd.grad`'s caller. */
  readonly step: number | null;
}

type Hooked = Model['document']['passes'][number]['steps'][number]['hooked'][number];

const WHO: Readonly<Record<Hooked['kind'], string>> = {
  tensor: 'A hook on the tensor',
  'node-prehook': 'A hook before the node',
  node: 'A hook after the node',
  module: 'A hook of the module',
};

/** In the order in which they happened, up to a step. */
export function hookChanges(model: Model, node: number, step: number): Change[] {
  const { events, passes } = model.document;
  return model.stepsOfNode(node).flatMap((index) => {
    const event = events[index];
    if (index > step || event?.kind !== 'backward') return [];
    const turn = passes[event.pass_index]?.steps[event.step];
    return (turn?.hooked ?? []).map((hooked) => changeOf(hooked, index));
  });
}

function changeOf(hooked: Hooked, step: number): Change {
  const { kind, before, after, line, column, end_line, end_column, source } = hooked;
  const place =
    line === null
      ? null
      : { line, column: column ?? 0, endLine: end_line ?? line, endColumn: end_column ?? 0, source };
  return { who: WHO[kind], place, before, after, step };
}
