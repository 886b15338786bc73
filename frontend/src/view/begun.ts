/** What went wrong at a node, in words. Pure. */
import { beginningText, type Model, type ModelNode } from '../model';

/** What went wrong at the node, once it has: "The first NaN: finite in, NaN out." */
export function begun(model: Model, { id }: ModelNode, step: number): string {
  const here = model.beginnings.filter((each) => each.node === id && each.step <= step);
  const texts = here.map(beginningText).map((text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`);
  return [...texts, ...blamed(model, id, step)].join(' ');
}

/** What part the node had in errors: "It saved its result y at version 0." */
function blamed(model: Model, id: number, step: number): string[] {
  const known = model.chains.filter((chain) => chain.step <= step).flatMap(({ links }) => links);
  const own = known.filter(({ nodes }) => nodes.includes(id));
  return own.map(({ role, deed }) => `${role === 'needed' ? 'Its backward' : 'It'} ${deed}.`);
}
