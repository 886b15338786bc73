/**
 * Shapes that stand still, kept as a bitmap somewhat larger than the screen: while only the view moves, the bitmap is
 * moved, and while it zooms, stretched until it rests. Its successor is drawn over some frames, begun before a zoom has
 * used up what is around the screen. Of shapes that change, only where they change is drawn anew, straight onto the
 * screen where nothing else changes. What is quickly drawn is drawn each time.
 */
import type { Rect, Size } from '../layout/types';
import { agree, draw, extentOf, touches, type Palette, type Shape, type View } from '../scene';
import { Gradual } from './gradual';
import { MOST_CHANGES, mendOf, onSameSurface } from './mend';

/** CSS pixels around the screen. */
const MARGIN = 128;
/** Of them, what is left when the successor is begun. */
const NEAR = 80;
/** What took less than this is not worth a bitmap. */
const QUICK_MS = 4;
/** A zoom that has paused for so long is drawn sharply. */
const REST_MS = 120;

export interface Kept {
  readonly shapes: readonly Shape[];
  readonly palette: Palette;
  readonly view: View;
  readonly screen: Size;
  readonly ratio: number;
}

export class StillLayer {
  #canvas = document.createElement('canvas');
  #spare = document.createElement('canvas');
  #next = document.createElement('canvas');
  /** Draws the bitmap that is to follow. */
  #successor: Gradual | null = null;
  #kept: Kept | null = null;
  /** What the screen shows, where that is this layer, drawn sharply, and nothing else. */
  #shown: Kept | null = null;
  #took = 0;
  #scale = 0;
  #zoomedAt = 0;

  /**
   * Draws the layer, and says whether it should be drawn once more for being blurred. `covered`: more is drawn on top.
   * The pen's canvas has on it what was drawn there the last time.
   */
  paint(context: CanvasRenderingContext2D, wanted: Kept, covered: boolean): boolean {
    const before = covered ? null : this.#shown;
    this.#shown = null;
    const areas = before && alike(before.view, wanted.view) ? mendOf(before, wanted, 0)?.areas : null;
    if (areas) redraw(context, wanted, areas);
    else {
      context.clearRect(0, 0, wanted.screen.width, wanted.screen.height);
      if (this.#paint(context, wanted)) return true;
    }
    if (!covered) this.#shown = wanted;
    return false;
  }

  #paint(context: CanvasRenderingContext2D, wanted: Kept): boolean {
    const now = performance.now();
    if (wanted.view.scale !== this.#scale) [this.#scale, this.#zoomedAt] = [wanted.view.scale, now];
    const zooms = now - this.#zoomedAt < REST_MS;
    const lasts = this.#took >= QUICK_MS;
    if (lasts && this.#covers(wanted, zooms)) {
      const isNear = zooms && !this.#covers(wanted, zooms, NEAR);
      if (isNear) this.#succeed(wanted);
      else this.#successor = null;
      return this.#copy(context, wanted.view) || isNear;
    }
    const mendable = this.#kept === null ? null : mendOf(this.#kept, wanted, MARGIN);
    if (this.#kept !== null && mendable !== null) {
      this.#successor = null;
      this.#mend({ ...wanted, view: mendable.view }, this.#kept.view, mendable.areas);
      return this.#copy(context, wanted.view);
    }
    if (lasts && this.#mayWait(wanted)) {
      this.#succeed(wanted);
      return this.#copy(context, wanted.view) || this.#kept !== wanted;
    }
    this.#successor = null;
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

  /** Whether the bitmap has all that the screen is to show and more, as sharp as it can be unless the view zooms. */
  #covers(wanted: Kept, zooms: boolean, more = 0): boolean {
    const [kept, { shapes, view, screen }] = [this.#kept, wanted];
    if (kept === null || !onSameSurface(kept, wanted)) return false;
    if (kept.view.scale === view.scale ? kept.shapes !== shapes : !zooms) return false;
    const k = view.scale / kept.view.scale;
    const [left, top] = [view.x - k * (kept.view.x + MARGIN), view.y - k * (kept.view.y + MARGIN)];
    const [width, height] = [k * (screen.width + 2 * MARGIN), k * (screen.height + 2 * MARGIN)];
    const [right, bottom] = [left + width, top + height];
    return left <= -more && top <= -more && right >= screen.width + more && bottom >= screen.height + more;
  }

  /** Whether what is kept, stretched, may be shown until its successor is drawn: for that it is of the same shapes. */
  #mayWait(wanted: Kept): boolean {
    const kept = this.#kept;
    if (kept === null || kept.view.scale === wanted.view.scale || !onSameSurface(kept, wanted)) return false;
    return agree(kept.shapes, wanted.shapes, MOST_CHANGES);
  }

  /** Goes on with the successor, for some milliseconds; where it is whole, it takes over. */
  #succeed(wanted: Kept): void {
    if (this.#successor === null || !onSameSurface(this.#successor.wanted, wanted))
      this.#successor = new Gradual(wanted, this.#clear(this.#next, wanted));
    if (!this.#successor.advance()) return;
    [this.#canvas, this.#next] = [this.#next, this.#canvas];
    this.#kept = this.#successor.wanted;
    this.#took = this.#successor.took;
    this.#successor = null;
  }

  #render(wanted: Kept): void {
    draw(this.#clear(this.#canvas, wanted), wanted.shapes, wanted.palette, wanted.view);
    this.#kept = wanted;
  }

  #clear(canvas: HTMLCanvasElement, wanted: Kept): CanvasRenderingContext2D {
    const { screen } = wanted;
    const context = this.#pen(canvas, wanted);
    context.clearRect(-MARGIN, -MARGIN, screen.width + 2 * MARGIN, screen.height + 2 * MARGIN);
    return context;
  }

  /** Moves what is drawn to a view of the same scale, and draws some areas (CSS pixels of the screen) anew. */
  #mend(wanted: Kept, from: View, areas: readonly Rect[]): void {
    const { view, ratio } = wanted;
    if (view.x !== from.x || view.y !== from.y) {
      const moved = this.#pen(this.#spare, wanted);
      moved.setTransform(1, 0, 0, 1, 0, 0);
      moved.globalCompositeOperation = 'copy';
      moved.drawImage(
        this.#canvas,
        Math.round((view.x - from.x) * ratio),
        Math.round((view.y - from.y) * ratio),
      );
      moved.globalCompositeOperation = 'source-over';
      [this.#canvas, this.#spare] = [this.#spare, this.#canvas];
    }
    const context = this.#pen(this.#canvas, wanted);
    redraw(context, wanted, areas);
    this.#kept = wanted;
  }

  /** A canvas as large as it must be, its pen in CSS pixels of the screen. */
  #pen(canvas: HTMLCanvasElement, { screen, ratio }: Kept): CanvasRenderingContext2D {
    const [width, height] = [screen.width + 2 * MARGIN, screen.height + 2 * MARGIN].map((side) =>
      Math.round(side * ratio),
    );
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const context = canvas.getContext('2d');
    if (!context) throw new Error('This browser has no 2D canvas.');
    context.setTransform(ratio, 0, 0, ratio, ratio * MARGIN, ratio * MARGIN);
    return context;
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

/** Draws some areas of the screen (CSS pixels) anew. */
function redraw(
  context: CanvasRenderingContext2D,
  { shapes, palette, view }: Kept,
  areas: readonly Rect[],
): void {
  if (areas.length === 0) return;
  context.save();
  context.beginPath();
  for (const { x, y, width, height } of areas) context.rect(x, y, width, height);
  context.clip();
  for (const { x, y, width, height } of areas) context.clearRect(x, y, width, height);
  const seen = areas.map((area) => inLayout(area, view));
  const there = shapes.filter((shape) => {
    const extent = extentOf(shape);
    return seen.some((area) => touches(extent, area, 0));
  });
  draw(context, there, palette, view);
  context.restore();
}

function alike(one: View, other: View): boolean {
  return one.x === other.x && one.y === other.y && one.scale === other.scale;
}

function inLayout({ x, y, width, height }: Rect, view: View): Rect {
  const k = view.scale;
  return { x: (x - view.x) / k, y: (y - view.y) / k, width: width / k, height: height / k };
}
