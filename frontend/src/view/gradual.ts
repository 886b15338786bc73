/**
 * Shapes that are drawn part by part, so that no frame waits for all of them. In: what is wanted, and the pen of a
 * canvas that is not on the screen. Out: whether all of it is drawn by now.
 */
import { draw } from '../scene';
import type { Kept } from './layer';

/** Of a frame's 16, beside what else it has to do. */
const BUDGET_MS = 6;
const PART = 800;

export class Gradual {
  /** Milliseconds so far. */
  took = 0;
  #next = 0;
  readonly #glance = document.createElement('canvas').getContext('2d', { willReadFrequently: true });

  constructor(
    readonly wanted: Kept,
    readonly pen: CanvasRenderingContext2D,
  ) {}

  /** Draws for some milliseconds. */
  advance(): boolean {
    const { shapes, palette, view } = this.wanted;
    const start = performance.now();
    let spent = 0;
    while (this.#next < shapes.length && spent < BUDGET_MS) {
      draw(this.pen, shapes.slice(this.#next, this.#next + PART), palette, view);
      this.#settle();
      this.#next += PART;
      spent = performance.now() - start;
    }
    this.took += spent;
    return this.#next >= shapes.length;
  }

  /** Browsers note what is to be drawn, and draw it when somebody looks. */
  #settle(): void {
    this.#glance?.drawImage(this.pen.canvas, 0, 0, 1, 1, 0, 0, 1, 1);
    this.#glance?.getImageData(0, 0, 1, 1);
  }
}
