/**
 * What is to be read of answers that follow one another faster than anybody reads: the latest, as soon as they pause,
 * and now and then while they do not; never ahead of the frame that draws it.
 */

/** Answers that are further apart have paused. */
const PAUSE_MS = 50;
/** Without a pause one is told about as often. */
const APART_MS = 200;

export class Reading<T> {
  #waiting: { readonly answer: T } | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #told = -Infinity;
  readonly #tell: (answer: T) => void;

  constructor(tell: (answer: T) => void) {
    this.#tell = tell;
  }

  /** Told in a while, unless a later one comes before. */
  wait(answer: T): void {
    this.#waiting = { answer };
    this.#in(PAUSE_MS);
  }

  /** A frame is about to draw what there is: what waits is told after it if that is due. */
  drawn(): void {
    if (this.#waiting && performance.now() - this.#told >= APART_MS) this.#in(0);
  }

  /** What waits is told now. */
  flush(): void {
    const waiting = this.#waiting;
    this.drop();
    if (!waiting) return;
    this.#told = performance.now();
    this.#tell(waiting.answer);
  }

  /** What waits is not told any more. */
  drop(): void {
    clearTimeout(this.#timer);
    this.#waiting = null;
  }

  #in(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), ms);
  }
}
