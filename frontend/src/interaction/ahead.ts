/**
 * What is typed into a program that stands still, between the hand that came to it and the editor: it is kept, and the
 * page's keys do not hear it. In: key presses. Out: the text that they make.
 */
export class Ahead {
  #text = '';

  get text(): string {
    return this.#text;
  }

  keep(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'preventDefault'>): void {
    const { key, ctrlKey, metaKey, altKey } = event;
    if (ctrlKey || metaKey || altKey) return;
    if (key === 'Backspace') this.#text = Array.from(this.#text).slice(0, -1).join('');
    else if (key === 'Enter') this.#text += '\n';
    else if (Array.from(key).length === 1) this.#text += key;
    else return;
    event.preventDefault();
  }
}
