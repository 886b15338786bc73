/**
 * What the stage shows and from where: the layout (and its way to the next one), the view, what is
 * selected, hovered and marked. When the structure stays, so does the layout.
 */
import { interpolateLayout } from '../animation';
import type { Layout, Size } from '../layout/types';
import type { Model } from '../model/types';
import { layoutGraph, type MeasureText, type Target, type View } from '../scene';
import { Layouter } from './layouter';
import { sameStructure } from './structure';
import { between, fit, pan, zoom, type Point } from './viewport';

const MOVE_MS = 350;

interface Move {
  readonly from: Layout;
  readonly to: Layout;
  readonly viewFrom: View;
  readonly viewTo: View;
  readonly ms: number;
}

const HOME: View = { scale: 1, x: 0, y: 0 };

export class Stage {
  #model: Model | null = null;
  #layout = $state.raw<Layout | null>(null);
  #move = $state.raw<Move | null>(null);
  #view = $state.raw<View>(HOME);
  #screen = $state.raw<Size>({ width: 0, height: 0 });
  #selection = $state.raw<Target | null>(null);
  #hovered = $state.raw<Target | null>(null);
  #marked = $state.raw<readonly number[]>([]);
  #touched = false;
  readonly #layouter = new Layouter();
  readonly #measure: MeasureText;
  readonly #reducedMotion: () => boolean;

  constructor(measure: MeasureText, reducedMotion: () => boolean) {
    this.#measure = measure;
    this.#reducedMotion = reducedMotion;
  }

  get layout(): Layout | null {
    return this.#layout;
  }
  get view(): View {
    return this.#view;
  }
  get screen(): Size {
    return this.#screen;
  }
  get selection(): Target | null {
    return this.#selection;
  }
  /** The id of the selected node, null where nothing or an edge is selected. */
  get selectedNode(): number | null {
    return this.#selection?.kind === 'node' ? this.#selection.id : null;
  }
  get hovered(): Target | null {
    return this.#hovered;
  }
  /** The nodes of the line that the cursor is on. */
  get marked(): readonly number[] {
    return this.#marked;
  }
  get moving(): boolean {
    return this.#move !== null;
  }

  /** Another document. Its layout comes from the worker, a moment later; a selection survives where its node does. */
  async load(model: Model): Promise<void> {
    const stays = this.#model !== null && this.#layout !== null && sameStructure(this.#model, model);
    this.#model = model;
    if (stays) return;
    this.#selection = null;
    this.#hovered = null;
    this.#marked = [];
    const layout = await this.#layouter.request(layoutGraph(model, this.#measure), { direction: 'down' });
    if (this.#model === model) this.#moveTo(layout);
  }

  select(target: Target | null): void {
    this.#selection = target;
  }
  hover(target: Target | null): void {
    if (target?.id !== this.#hovered?.id || target?.kind !== this.#hovered?.kind) this.#hovered = target;
  }
  mark(nodes: readonly number[]): void {
    this.#marked = nodes;
  }

  resize(screen: Size): void {
    this.#screen = screen;
    if (!this.#touched && this.#layout && !this.#move) this.#view = fit(this.#layout.bounds, screen);
  }
  pan(dx: number, dy: number): void {
    this.#touched = true;
    this.#view = pan(this.#view, dx, dy);
  }
  zoom(factor: number, at: Point = this.#middle()): void {
    this.#touched = true;
    this.#view = zoom(this.#view, at, factor);
  }
  fit(): void {
    if (this.#layout) this.#moveTo(this.#move?.to ?? this.#layout);
  }

  advance(ms: number): void {
    const move = this.#move;
    if (!move) return;
    const gone = Math.min(move.ms + ms, MOVE_MS);
    const k = ease(gone / MOVE_MS);
    this.#layout = gone === MOVE_MS ? move.to : interpolateLayout(move.from, move.to, k);
    if (!this.#touched) this.#view = between(move.viewFrom, move.viewTo, k);
    this.#move = gone === MOVE_MS ? null : { ...move, ms: gone };
  }

  #moveTo(to: Layout): void {
    this.#touched = false;
    const viewTo = fit(to.bounds, this.#screen);
    if (!this.#layout || this.#reducedMotion()) {
      this.#layout = to;
      this.#view = viewTo;
      this.#move = null;
    } else {
      this.#move = { from: this.#layout, to, viewFrom: this.#view, viewTo, ms: 0 };
    }
  }

  #middle(): Point {
    return { x: this.#screen.width / 2, y: this.#screen.height / 2 };
  }
}

/** Starts and ends gently. */
function ease(k: number): number {
  return k * k * (3 - 2 * k);
}
