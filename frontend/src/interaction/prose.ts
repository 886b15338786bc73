/** Messages as elements: code in them looks like code. */
import { partsOf } from '../model';

/** What a message says, to be put into an element. */
export function proseOf(message: string): DocumentFragment {
  const fragment = document.createDocumentFragment();
  for (const { text, code } of partsOf(message)) {
    const part = code ? document.createElement('code') : document.createTextNode('');
    part.textContent = text;
    fragment.append(part);
  }
  return fragment;
}
