/**
 * Shapes that stand still, kept as a bitmap somewhat larger than the screen: while only the view moves, the bitmap is
 * moved, and while it zooms, stretched until it rests. What is quickly drawn is drawn anew each time.
 */
import type { Size } from '../layout/types';
import { draw, type Palette, type Shape, type View } from '../scene';

/** CSS pixels around the screen. */
const MARGIN = 128;
/** What took less than this is not worth a bitmap. */
const QUICK_MS = 4;
/** A zoom that has paused for so long is drawn sharply. */
const REST_MS = 120;

interface Kept {
  readonly shapes: readonly Shape[];
  readonly palette: Palette;
  readonly view: View;
  readonly screen: Size;
  readonly ratio: number;
}

export class StillLayer {
  readonly #canvas = document.createElement('canvas');
  #kept: Kept | null = null;
  #took = 0;
  #scale = 0;
  #zoomedAt = 0;

  /** Draws the layer, and says whether it should be drawn once more for being blurred. */
  paint(context: CanvasRenderingContext2D, wanted: Kept): boolean {
    const now = performance.now();
    if (wanted.view.scale !== this.#scale) [this.#scale, this.#zoomedAt] = [wanted.view.scale, now];
    const zooms = now - this.#zoomedAt < REST_MS;
    if (this.#took >= QUICK_MS && this.#covers(wanted, zooms)) return this.#copy(context, wanted.view);
    if (this.#took < QUICK_MS) {
      draw(context, wanted.shapes, wanted.palette, wanted.view);
      this.#kept = null;
    } else {
      this.#render(wanted);
      this.#copy(context, wanted.view);
    }
    this.#took = performance.now() - now;
    return false;
  }

  /** Whether the bitmap has all that the screen is to show, as sharp as it can be unless the view zooms. */
  #covers({ shapes, palette, view, screen, ratio }: Kept, zooms: boolean): boolean {
    const kept = this.#kept;
    if (kept === null || kept.palette !== palette || kept.ratio !== ratio || kept.screen !== screen)
      return false;
    if (kept.view.scale === view.scale ? kept.shapes !== shapes : !zooms) return false;
    const k = view.scale / kept.view.scale;
    const [left, top] = [view.x - k * (kept.view.x + MARGIN), view.y - k * (kept.view.y + MARGIN)];
    const [width, height] = [k * (screen.width + 2 * MARGIN), k * (screen.height + 2 * MARGIN)];
    return left <= 0 && top <= 0 && left + width >= screen.width && top + height >= screen.height;
  }

  #render(wanted: Kept): void {
    const { screen, ratio, view } = wanted;
    const [width, height] = [screen.width + 2 * MARGIN, screen.height + 2 * MARGIN].map((side) =>
      Math.round(side * ratio),
    );
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      Object.assign(this.#canvas, { width, height });
    }
    const context = this.#canvas.getContext('2d');
    if (!context) throw new Error('This browser has no 2D canvas.');
    context.setTransform(ratio, 0, 0, ratio, ratio * MARGIN, ratio * MARGIN);
    context.clearRect(-MARGIN, -MARGIN, screen.width + 2 * MARGIN, screen.height + 2 * MARGIN);
    draw(context, wanted.shapes, wanted.palette, view);
    this.#kept = wanted;
  }

  #copy(context: CanvasRenderingContext2D, view: View): boolean {
    if (this.#kept === null) return false;
    const { view: drawn, screen } = this.#kept;
    const k = view.scale / drawn.scale;
    const [left, top] = [view.x - k * (drawn.x + MARGIN), view.y - k * (drawn.y + MARGIN)];
    const [width, height] = [k * (screen.width + 2 * MARGIN), k * (screen.height + 2 * MARGIN)];
    context.drawImage(this.#canvas, left, top, width, height);
    return k !== 1;
  }
}
