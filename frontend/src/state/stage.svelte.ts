/**
 * What the stage shows and from where: the layout (and its way to the next one), the view, what is
 * selected, hovered and marked. When the structure stays, so does the layout.
 */
import { easeInOut, interpolateLayout } from '../animation';
import { renamed, sameShape, type Layout, type LayoutGraph, type Size } from '../layout';
import type { Choices, Fold, Model, Shown } from '../model';
import { foldedGraph, type MeasureText, type Target, type View } from '../scene';
import { anchored, anchorOf, placeOf, type Anchor } from './anchor';
import { Folding } from './folding.svelte';
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

/** What is shown, with the groups that are open in it. */
interface Wanted {
  /** Counts the structures that were loaded: in one, equal keys mean equal pictures. */
  readonly structure: number;
  readonly key: string;
  readonly choices: Choices;
}

interface LaidOut {
  readonly graph: LayoutGraph;
  readonly layout: Layout;
}

const HOME: View = { scale: 1, x: 0, y: 0 };

export class Stage {
  #model: Model | null = null;
  #shown: Shown | null = null;
  #structure = 0;
  #wanted: Wanted | null = null;
  #awaited: Wanted | null = null;
  /** Whether something of the document has been laid out. */
  #seen = false;
  #laidOut: readonly LaidOut[] = [];
  /** What the layout lays out. */
  #fold = $state.raw<Fold | null>(null);
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
  /** What stays in its place while a group opens or closes, and the scales before and after. */
  #anchor: { readonly of: Anchor; readonly from: number; readonly to: number } | null = null;
  readonly #folding = new Folding();
  readonly #layouter = new Layouter();
  readonly #measure: MeasureText;
  readonly #reducedMotion: () => boolean;

  constructor(measure: MeasureText, reducedMotion: () => boolean) {
    this.#measure = measure;
    this.#reducedMotion = reducedMotion;
  }

  /** What is visible; the layout is one of it. */
  get fold(): Fold | null {
    return this.#fold;
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
    this.#structure++;
    this.#seen = false;
    this.#playing = null;
    this.#sought = null;
    this.#anchor = null;
    this.#selection = null;
    this.#hovered = null;
  }

  /** What is to be seen of the document: laid out by the worker, a moment later, or at once if its shape is known. */
  show(shown: Shown): void {
    const wanted = { structure: this.#structure, key: shown.key, choices: this.#folding.choices };
    if (!this.#model || (this.#shown === shown && isSame(wanted, this.#wanted))) return;
    const same = isSame(wanted, this.#wanted);
    this.#shown = shown;
    this.#wanted = wanted;
    if (same && this.#awaited) return;
    const fold = this.#folding.fold(this.#model, shown);
    if (same) this.#fold = fold;
    else this.#place(fold, wanted);
  }

  /** Opens a closed group, closes an open one; `at` is where on the screen it was clicked, which stays there. */
  toggle(id: number, at?: Point): void {
    const group = this.#fold?.grouping.groups.get(id);
    const layout = this.#moving?.to ?? this.#layout;
    if (!group || !layout || !this.#fold) return;
    this.#takeOver();
    const of = anchorOf(this.#layout ?? layout, id, this.#view, at);
    this.#anchor = of && { of, from: this.#view.scale, to: this.#view.scale };
    this.#folding.set(group, !this.#fold.boxes.has(id));
  }

  /** The closed group that shows a node, or the innermost open one around it; null where there is none. */
  groupAt(node: number, closed: boolean): number | null {
    const item = this.#fold?.items.get(this.#fold.visibleOf(node) ?? -1);
    if (item === undefined) return null;
    if (!closed) return item.box;
    return item.kind === 'group' ? item.id : null;
  }

  /** Opens or closes all groups; all of the graph comes into sight. */
  toggleAll(open: boolean): void {
    if (!this.#fold) return;
    this.#seen = false;
    this.#folding.setAll(this.#fold.grouping, open);
  }

  /** A reader is done with the program: the next one opens as it is best read. */
  forgetGroups(): void {
    this.#folding.forget();
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
  /** Brings a node into sight, now or once it is laid out, out of closed groups; the scale stays, unless nothing could be read at it. */
  reveal(node: number): void {
    const layout = this.#moving?.to ?? this.#layout;
    const inside = this.#fold !== null && this.#folding.openTo(node, this.#fold);
    const place = inside ? null : layout && placeOf(layout, this.#fold?.visibleOf(node) ?? -1);
    this.#sought = place ? null : node;
    if (!place || holds(this.#gliding?.to ?? this.#view, place, this.#screen)) return;
    this.#takeOver();
    const middle = { x: place.x + place.width / 2, y: place.y + place.height / 2 };
    this.#glideTo(centre(middle, Math.max(this.#view.scale, READABLE), this.#screen));
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
    const place = this.#layout?.nodes.get(this.#fold?.visibleOf(node) ?? -1);
    if (this.#camera !== 'follow' || !place) return;
    if (!inMiddle(this.#gliding?.to ?? this.#view, place, this.#screen)) this.#settle();
  }

  advance(ms: number): void {
    if (this.#moving) {
      const { from, to } = this.#moving;
      const share = Math.min((this.#moving.ms + ms) / MOVE_MS, 1);
      this.#layout = interpolateLayout(from, to, share);
      this.#holdAnchor(easeInOut(share));
      this.#moving = share === 1 ? null : { from, to, ms: this.#moving.ms + ms };
    }
    if (this.#gliding) {
      const { from, to } = this.#gliding;
      const share = Math.min((this.#gliding.ms + ms) / MOVE_MS, 1);
      this.#view = between(from, to, easeInOut(share));
      this.#gliding = share === 1 ? null : { from, to, ms: this.#gliding.ms + ms };
    }
  }

  #place(fold: Fold, wanted: Wanted): void {
    if (!this.#model) return;
    const graph = foldedGraph(this.#model, fold, this.#measure);
    const known = this.#laidOut.find((each) => sameShape(each.graph, graph));
    this.#awaited = null;
    if (known) this.#moveTo(renamed(known.layout, known.graph, graph), fold);
    else void this.#layOut(graph, wanted);
  }

  async #layOut(graph: LayoutGraph, wanted: Wanted): Promise<void> {
    this.#awaited = wanted;
    const layout = await this.#layouter.request(graph, { direction: 'down' });
    this.#laidOut = [{ graph, layout }, ...this.#laidOut].slice(0, KEPT);
    if (this.#awaited !== wanted || !this.#model || !this.#shown) return;
    this.#awaited = null;
    // The numbers may have changed meanwhile, the structure did not.
    this.#moveTo(layout, this.#folding.fold(this.#model, this.#shown));
  }

  #moveTo(to: Layout, fold: Fold): void {
    const from = this.#layout;
    this.#fold = fold;
    this.#moving = from && !this.#reducedMotion() ? { from, to, ms: 0 } : null;
    if (!this.#moving) this.#layout = to;
    else this.#layout = interpolateLayout(this.#moving.from, to, 0);
    if (this.#anchor) this.#aimAnchor(to);
    else if (!this.#seen || (this.#camera === 'all' && !holds(this.#view, to.bounds, this.#screen))) {
      this.#aim(from, to);
    }
    this.#seen = true;
    if (this.#sought !== null) this.reveal(this.#sought);
  }

  /** What opens where nothing could be read comes nearer, as far as it fits. */
  #aimAnchor(to: Layout): void {
    if (!this.#anchor) return;
    const { of, from } = this.#anchor;
    const box = to.boxes.has(of.id) ? placeOf(to, of.id) : null;
    const near = box && from < READABLE ? Math.min(FOLLOWED_SCALE, fit(box, this.#screen).scale) : from;
    this.#anchor = { of, from, to: Math.max(from, near) };
    this.#holdAnchor(this.#moving ? 0 : 1);
  }

  #holdAnchor(share: number): void {
    if (!this.#anchor || !this.#layout) return;
    const { of, from, to } = this.#anchor;
    this.#view = anchored(of, this.#layout, from * (to / from) ** share) ?? this.#view;
    if (share === 1) this.#anchor = null;
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
    const node =
      this.#playing === null ? undefined : layout.nodes.get(this.#fold?.visibleOf(this.#playing) ?? -1);
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
    this.#anchor = null;
  }

  #middle(): Point {
    return { x: this.#screen.width / 2, y: this.#screen.height / 2 };
  }
}

function isSame(a: Wanted, b: Wanted | null): boolean {
  return a.structure === b?.structure && a.key === b.key && a.choices === b.choices;
}

function top({ bounds }: Layout): Point {
  return { x: bounds.x + bounds.width / 2, y: bounds.y };
}
