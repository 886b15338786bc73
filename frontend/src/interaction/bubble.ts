/** The number that a finger pulls and covers, above it. In: where it stands, and what it comes to. */
import type { EditorView } from '@codemirror/view';

export class Bubble {
  readonly #element = document.createElement('div');

  constructor(view: EditorView, at: number) {
    const { left = 0, top = 0 } = view.coordsAtPos(at) ?? {};
    this.#element.className = 'cm-bubble';
    this.#element.ariaHidden = 'true';
    this.#element.style.setProperty('--x', `${left}px`);
    this.#element.style.top = `${top}px`;
    view.dom.append(this.#element);
  }

  tell(text: string): void {
    this.#element.textContent = text;
  }

  remove(): void {
    this.#element.remove();
  }
}
