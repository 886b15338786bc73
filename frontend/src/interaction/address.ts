/** The address bar: it follows what is shown after a pause, and has a new entry where Back should lead to the old. */
const PAUSE_MS = 400;
/** In this tab's storage: the addresses that a reload may find, and the one that it should have found. */
const CUT_SHORT = 'backlight-address';
/** So many addresses may follow while a reload has begun and the page still stands: a slow server leaves it there. */
const MOST_BEFORE = 8;

export class AddressBar {
  /** What gives the address that is due. */
  #awaited: (() => string) | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The addresses before the last one that followed, newest last: one of them a reload finds that had begun by then. */
  #before: readonly string[] = [];

  /** The address that the page begins with: where a reload came before the pause was over, the one that was due. */
  begin(): string {
    addEventListener('pagehide', () => this.#leave());
    try {
      const [due, found, ...before] = JSON.parse(sessionStorage.getItem(CUT_SHORT) ?? '[]') as unknown[];
      sessionStorage.removeItem(CUT_SHORT);
      const { hash } = location;
      if (typeof due === 'string' && (hash === found || (before.includes(hash) && isReload())))
        history.replaceState(null, '', due);
    } catch {
      // No storage, or nothing that this page wrote: the address stands as it is.
    }
    return location.hash;
  }

  /** The same program, moved or edited. */
  follow(hash: () => string): void {
    this.stop();
    this.#awaited = hash;
    this.#timer = setTimeout(() => this.#catchUp(), PAUSE_MS);
  }

  /** Another program, from which Back returns to the one before it. */
  enter(hash: string): void {
    this.#catchUp();
    this.#before = [];
    history.pushState(null, '', hash);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** The page is left, or loaded anew: what comes too late for the address is kept for `begin`. */
  #leave(): void {
    if (this.#awaited === null && this.#before.length === 0) return;
    const { hash } = location;
    try {
      sessionStorage.setItem(CUT_SHORT, JSON.stringify([this.#awaited?.() ?? hash, hash, ...this.#before]));
    } catch {
      // What was typed last is lost.
    }
  }

  #catchUp(): void {
    this.stop();
    if (this.#awaited === null) return;
    this.#before = [...this.#before, location.hash].slice(-MOST_BEFORE);
    history.replaceState(null, '', this.#awaited());
    this.#awaited = null;
  }
}

function isReload(): boolean {
  const [entry] = performance.getEntriesByType('navigation');
  return (entry as PerformanceNavigationTiming | undefined)?.type === 'reload';
}
