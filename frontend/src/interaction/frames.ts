/** The one owner of animation frames. Frames come while something asks for them, and stop by themselves. */

/** Does what `ms` of time brings, and says whether it wants another frame. */
export type OnFrame = (ms: number) => boolean;

/** After a pause (a hidden tab, say) time does not jump further than this. */
const LONGEST_FRAME_MS = 100;

export class Frames {
  #handle = 0;
  #last = 0;
  #paint: () => void = () => undefined;
  readonly #onFrame: OnFrame;

  constructor(onFrame: OnFrame) {
    this.#onFrame = onFrame;
  }

  /** Asks for a frame; any number of calls before it comes are one. */
  request(): void {
    if (this.#handle === 0) this.#handle = requestAnimationFrame(this.#tick);
  }

  /** What draws, once in each frame, after time has moved on. */
  paintWith(paint: () => void): void {
    this.#paint = paint;
    this.request();
  }

  stop(): void {
    cancelAnimationFrame(this.#handle);
    this.#handle = 0;
    this.#last = 0;
  }

  readonly #tick = (now: number): void => {
    const ms = this.#last === 0 ? 0 : Math.min(now - this.#last, LONGEST_FRAME_MS);
    this.#handle = 0;
    const more = this.#onFrame(ms);
    this.#paint();
    this.#last = more ? now : 0;
    if (more) this.request();
  };
}
