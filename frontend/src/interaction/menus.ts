/** A menu that a mouse asks for takes the rest of a press, its release too; a finger that rests asks for none. */
export function onMenu(event: MouseEvent, drop: () => void): void {
  if (event instanceof PointerEvent && event.pointerType === 'touch') event.preventDefault();
  else drop();
}
