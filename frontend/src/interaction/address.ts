/** The address bar: it follows what is shown after a pause, and has a new entry where Back should lead to the old. */
const PAUSE_MS = 400;

export class AddressBar {
  #awaited: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** The same program, moved or edited. */
  follow(hash: string): void {
    this.stop();
    this.#awaited = hash;
    this.#timer = setTimeout(() => this.#catchUp(), PAUSE_MS);
  }

  /** Another program, from which Back returns to the one before it. */
  enter(hash: string): void {
    this.#catchUp();
    history.pushState(null, '', hash);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #catchUp(): void {
    this.stop();
    if (this.#awaited !== null) history.replaceState(null, '', this.#awaited);
    this.#awaited = null;
  }
}
