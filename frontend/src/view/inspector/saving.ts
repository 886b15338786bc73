/** What forward kept at a node for its backward, in words. Pure. */
import { sizeText, type Model, type ModelNode, type ModelValue } from '../../model';
import { nodeName } from '../titles';

export interface Kept {
  readonly name: string;
  readonly value: ModelValue | null;
  /** "x itself, as it was after 1 write", "its own result", "a number of the operation's own". */
  readonly whose: string;
  /** The node whose output it is; null where no node made it, or this one did. */
  readonly owner: number | null;
  readonly version: number;
  readonly packed: boolean;
  /** The step after which it is let go of; null where it is kept until the end. */
  readonly freed: number | null;
}

export function keptBy(model: Model, node: ModelNode): Kept[] {
  return (model.document.nodes[node.id]?.saved ?? []).map((saved) => {
    const owner = model.nodes[saved.node ?? -1];
    return {
      name: saved.name,
      value: model.values[saved.value ?? -1] ?? null,
      whose: whoseOf(owner, node, saved.output_nr),
      owner: owner && owner.id !== node.id ? owner.id : null,
      version: saved.version,
      packed: saved.packed,
      freed: saved.freed,
    };
  });
}

function whoseOf(owner: ModelNode | undefined, node: ModelNode, output: number | null): string {
  if (!owner) return 'the operation’s own';
  const which = output === null || output === 0 ? '' : `, output ${output}`;
  return owner.id === node.id ? `its own result${which}` : `${nodeName(owner)}${which}`;
}

/** What becomes of it by a step: not yet kept, kept, or let go of. */
export function stateOf({ freed }: Kept, made: number | null, step: number): 'to come' | 'kept' | 'freed' {
  if (made === null || step < made) return 'to come';
  return freed !== null && step >= freed ? 'freed' : 'kept';
}

/** A number, or what else fits a line, with shape and dtype: "0.5, scalar float32". */
export function keptText({ text, shape, shapeText }: ModelValue): string {
  return text === sizeText(shape) ? shapeText : `${text}, ${shapeText}`;
}
