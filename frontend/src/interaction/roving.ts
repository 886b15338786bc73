/** Where the arrow keys lead in a list of which one item has the focus; it goes round at its ends. */

/** The index to go to, null where the key means nothing here; `at` is -1 where no item has the focus. */
export function neighbour(key: string, at: number, length: number): number | null {
  if (length === 0) return null;
  switch (key) {
    case 'ArrowDown':
      return (at + 1) % length;
    case 'ArrowUp':
      return at <= 0 ? length - 1 : at - 1;
    case 'Home':
      return 0;
    case 'End':
      return length - 1;
    default:
      return null;
  }
}

/** Up and down lead through the buttons of a list, whatever lists are in it. */
export function walkButtons(event: KeyboardEvent & { readonly currentTarget: HTMLElement }): void {
  const buttons = Array.from(event.currentTarget.querySelectorAll('button'));
  const at = buttons.findIndex((button) => button === event.target);
  const to = /^Arrow(Up|Down)$/.test(event.key) ? neighbour(event.key, at, buttons.length) : null;
  if (to === null) return;
  event.preventDefault();
  buttons[to]?.focus();
}
