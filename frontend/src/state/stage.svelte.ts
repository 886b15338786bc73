/**
 * What the stage shows and from where: the layout (and its way to the next one), the view, what is
 * selected, hovered and marked. When the structure stays, so does the layout.
 */
import { easeInOut, interpolateLayout } from '../animation';
import {
  renamed,
  sameShape,
  type Layout,
  type LayoutGraph,
  type PlacedNode,
  type Rect,
  type Size,
} from '../layout';
import type { Model, Shown } from '../model/types';
import { layoutGraph, type MeasureText, type Target, type View } from '../scene';
import { Layouter } from './layouter';
import { sameStructure } from './structure';
import { between, centre, filled, fit, holds, inMiddle, pan, zoom, type Point } from './viewport';

const MOVE_MS = 350;
/** A graph that would have to be shown smaller than this is shown in part, and followed. */
const READABLE = 0.5;
const FOLLOWED_SCALE = 0.7;
/** How many layouts are kept for graphs of the same shape. */
const KEPT = 8;

/** Something on its way. */
interface Move<T> {
  readonly from: T;
  readonly to: T;
  readonly ms: number;
}

interface LaidOut {
  readonly graph: LayoutGraph;
  readonly layout: Layout;
}

const HOME: View = { scale: 1, x: 0, y: 0 };

export class Stage {
  #model: Model | null = null;
  #shown: Shown | null = null;
  /** Whether something of the document has been laid out. */
  #seen = false;
  #laidOut: readonly LaidOut[] = [];
  #layout = $state.raw<Layout | null>(null);
  #moving = $state.raw<Move<Layout> | null>(null);
  #view = $state.raw<View>(HOME);
  #gliding = $state.raw<Move<View> | null>(null);
  #screen = $state.raw<Size>({ width: 0, height: 0 });
  #selection = $state.raw<Target | null>(null);
  #hovered = $state.raw<Target | null>(null);
  /** Who decides on the view: the page shows all, or follows the playhead; or the reader took over. */
  #camera: 'all' | 'follow' | 'reader' = 'all';
  #playing: number | null = null;
  /** A node to bring into sight as soon as it is laid out. */
  #sought: number | null = null;
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
  get moving(): boolean {
    return this.#moving !== null || this.#gliding !== null;
  }

  /** Another document; a selection survives where its node does. */
  load(model: Model): void {
    const stays = this.#model !== null && this.#layout !== null && sameStructure(this.#model, model);
    this.#model = model;
    if (stays) return;
    this.#shown = null;
    this.#seen = false;
    this.#playing = null;
    this.#sought = null;
    this.#selection = null;
    this.#hovered = null;
  }

  /** What is to be seen of the document: laid out by the worker, a moment later, or at once if its shape is known. */
  show(shown: Shown): void {
    if (!this.#model || this.#shown?.key === shown.key) return;
    this.#shown = shown;
    const graph = layoutGraph(this.#model, this.#measure, shown);
    const known = this.#laidOut.find((each) => sameShape(each.graph, graph));
    if (known) this.#moveTo(renamed(known.layout, known.graph, graph));
    else void this.#layOut(graph, shown);
  }

  select(target: Target | null): void {
    this.#selection = target;
  }
  hover(target: Target | null): void {
    if (target?.id !== this.#hovered?.id || target?.kind !== this.#hovered?.kind) this.#hovered = target;
  }

  resize(screen: Size): void {
    this.#screen = screen;
    if (this.#camera !== 'reader') this.#settle();
  }
  pan(dx: number, dy: number): void {
    this.#takeOver();
    this.#view = pan(this.#view, dx, dy);
  }
  zoom(factor: number, at: Point = this.#middle()): void {
    this.#takeOver();
    this.#view = zoom(this.#view, at, factor);
  }
  /** Shows all of the graph, however small. */
  fit(): void {
    const layout = this.#moving?.to ?? this.#layout;
    if (!layout) return;
    this.#camera = 'all';
    this.#glideTo(fit(layout.bounds, this.#screen));
  }
  /** Brings a node into sight, now or once it is laid out; the scale stays, unless nothing could be read at it. */
  reveal(node: number): void {
    const place = (this.#moving?.to ?? this.#layout)?.nodes.get(node);
    this.#sought = place ? null : node;
    if (!place || holds(this.#gliding?.to ?? this.#view, boxOf(place), this.#screen)) return;
    this.#takeOver();
    this.#glideTo(centre(place, Math.max(this.#view.scale, READABLE), this.#screen));
  }
  /** Takes the view to a point of the layout. */
  lookAt(at: Point): void {
    this.#takeOver();
    this.#view = centre(at, this.#view.scale, this.#screen);
  }
  /** The playhead came to a node; the view goes along where it is following, and has to. */
  follow(node: number): void {
    if (node === this.#playing) return;
    this.#playing = node;
    const place = this.#layout?.nodes.get(node);
    if (this.#camera !== 'follow' || !place) return;
    if (!inMiddle(this.#gliding?.to ?? this.#view, place, this.#screen)) this.#settle();
  }

  advance(ms: number): void {
    if (this.#moving) {
      const { from, to } = this.#moving;
      const share = Math.min((this.#moving.ms + ms) / MOVE_MS, 1);
      this.#layout = interpolateLayout(from, to, share);
      this.#moving = share === 1 ? null : { from, to, ms: this.#moving.ms + ms };
    }
    if (this.#gliding) {
      const { from, to } = this.#gliding;
      const share = Math.min((this.#gliding.ms + ms) / MOVE_MS, 1);
      this.#view = between(from, to, easeInOut(share));
      this.#gliding = share === 1 ? null : { from, to, ms: this.#gliding.ms + ms };
    }
  }

  async #layOut(graph: LayoutGraph, shown: Shown): Promise<void> {
    const layout = await this.#layouter.request(graph, { direction: 'down' });
    this.#laidOut = [{ graph, layout }, ...this.#laidOut].slice(0, KEPT);
    if (this.#shown === shown) this.#moveTo(layout);
  }

  #moveTo(to: Layout): void {
    const from = this.#layout;
    this.#moving = from && !this.#reducedMotion() ? { from, to, ms: 0 } : null;
    if (!this.#moving) this.#layout = to;
    if (!this.#seen || (this.#camera === 'all' && !holds(this.#view, to.bounds, this.#screen))) {
      this.#aim(from, to);
    }
    this.#seen = true;
    if (this.#sought !== null) this.reveal(this.#sought);
  }

  #aim(from: Layout | null, to: Layout): void {
    this.#camera = fit(to.bounds, this.#screen).scale < READABLE ? 'follow' : 'all';
    if (from) this.#settle();
    else this.#view = this.#goal(to);
  }

  /** Takes the view where the camera wants it. */
  #settle(): void {
    const layout = this.#moving?.to ?? this.#layout;
    if (layout) this.#glideTo(this.#goal(layout));
  }

  #goal(layout: Layout): View {
    if (this.#camera === 'all') return fit(layout.bounds, this.#screen);
    const node = this.#playing === null ? undefined : layout.nodes.get(this.#playing);
    const centred = centre(node ?? top(layout), FOLLOWED_SCALE, this.#screen);
    return filled(centred, layout.bounds, this.#screen);
  }

  #glideTo(to: View): void {
    this.#hovered = null; // something else comes to lie under the pointer
    this.#gliding = this.#reducedMotion() ? null : { from: this.#view, to, ms: 0 };
    if (!this.#gliding) this.#view = to;
  }

  #takeOver(): void {
    this.#camera = 'reader';
    this.#gliding = null;
  }

  #middle(): Point {
    return { x: this.#screen.width / 2, y: this.#screen.height / 2 };
  }
}

function boxOf({ x, y, width, height }: PlacedNode): Rect {
  return { x: x - width / 2, y: y - height / 2, width, height };
}

function top({ bounds }: Layout): Point {
  return { x: bounds.x + bounds.width / 2, y: bounds.y };
}
