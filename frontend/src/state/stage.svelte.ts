/**
 * What the stage shows and from where: the layout (and its way to the next one), the view, what is
 * selected, hovered and marked. When the structure stays, so does the layout.
 */
import { easeInOut, interpolateLayout } from '../animation';
import type { Direction, Layout, LayoutGraph, Rect, Size } from '../layout';
import type { Choices, Fold, Model, Shown } from '../model';
import { aroundSums, foldedGraph, type MeasureText, type Target, type View } from '../scene';
import { anchored, anchorOf, driftIntoSight, itemInMiddle, placeOf, spotOf, type Anchor } from './anchor';
import { Camera, MOVE_MS, type Sight } from './camera.svelte';
import { DirectionChoice, opposite } from './direction.svelte';
import { Folding } from './folding.svelte';
import { Layouts } from './layouts';
import { sameStructure } from './structure';
import { better, nearOn, readableOn, worthTurning } from './turning';
import { centre, filled, fit, holds, type Point } from './viewport';

/** A layout on its way to the next. */
interface Move {
  readonly from: Layout;
  readonly to: Layout;
  readonly ms: number;
}

/** What is shown, with the groups that are open in it. */
interface Wanted {
  /** Counts the structures that were loaded: in one, equal keys mean equal pictures. */
  readonly structure: number;
  readonly key: string;
  readonly choices: Choices;
}

export class Stage {
  #model = $state.raw<Model | null>(null);
  #shown: Shown | null = null;
  #structure = 0;
  #wanted: Wanted | null = null;
  #awaited: Wanted | null = null;
  /** Whether something of the document has been laid out. */
  #seen = false;
  /** Whether the direction is that which is best for what is shown. */
  #judged = false;
  /** What the layout lays out. */
  #fold = $state.raw<Fold | null>(null);
  #layout = $state.raw<Layout | null>(null);
  #moving = $state.raw<Move | null>(null);
  #selection = $state.raw<Target | null>(null);
  #hovered = $state.raw<Target | null>(null);
  /** The playhead's node, and whether it is on its way. */
  #playing: number | null = null;
  #plays = false;
  /** A node to bring into sight as soon as it is laid out. */
  #sought: number | null = null;
  /** What stays in its place while a group opens or closes or the graph turns, and the scales before and after. */
  #anchor: { of: Anchor; from: number; to: number; drift: Point } | null = null;
  readonly #bounds = new WeakMap<Layout, Rect>();
  readonly #folding = new Folding();
  readonly #layouts = new Layouts();
  readonly #camera: Camera;
  readonly #direction = new DirectionChoice();
  readonly #measure: MeasureText;
  readonly #reducedMotion: () => boolean;

  constructor(measure: MeasureText, reducedMotion: () => boolean) {
    this.#measure = measure;
    this.#camera = new Camera(reducedMotion);
    this.#reducedMotion = reducedMotion;
  }

  /** What is drawn; while a number is pulled, it is ahead of what is told of it. */
  get model(): Model | null {
    return this.#model;
  }
  /** What is visible; the layout is one of it. */
  get fold(): Fold | null {
    return this.#fold;
  }
  get layout(): Layout | null {
    return this.#layout;
  }
  get view(): View {
    return this.#camera.view;
  }
  get screen(): Size {
    return this.#camera.screen;
  }
  get selection(): Target | null {
    return this.#selection;
  }
  /** The id of the selected node, null where nothing or an edge is selected. */
  get selectedNode(): number | null {
    return this.#selection?.kind === 'node' ? this.#selection.id : null;
  }
  /** The id of the selected group where it is to be seen, open or closed as asked. */
  selectedGroup(open: boolean): number | null {
    const id = this.#selection?.kind === 'group' ? this.#selection.id : null;
    if (id === null || !this.#fold) return null;
    return (open ? this.#fold.boxes : this.#fold.items).has(id) ? id : null;
  }
  /** Whether a node of the group is selected. */
  isSelectedIn(group: number): boolean {
    const node = this.selectedNode;
    return node !== null && this.#fold?.grouping.groups.get(group)?.members.includes(node) === true;
  }
  get hovered(): Target | null {
    return this.#hovered;
  }
  get moving(): boolean {
    return this.#moving !== null || this.#camera.gliding;
  }
  /** The way that data flows, as the reader or the page decided; the layout follows. */
  get direction(): Direction {
    return this.#direction.direction;
  }
  /** Whether `fit` would lead back to what was seen before. */
  get fitted(): boolean {
    const sight = this.#sight();
    return sight !== null && this.#camera.wayBack(sight) !== null;
  }

  /** Another document; a selection survives where its node does. Where it is `steady`, nothing turns. */
  load(model: Model, steady = false): void {
    const stays = this.#model !== null && this.#layout !== null && sameStructure(this.#model, model);
    this.#model = model;
    if (stays) return;
    this.#folding.recall(model);
    this.#structure++;
    this.#seen = false;
    this.#judged = steady;
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
    if (same) this.#adopt(fold);
    else this.#place(fold, wanted);
  }

  /** Opens a closed group, closes an open one; `at` is where on the screen it was clicked, which stays there. */
  toggle(id: number, at?: Point): void {
    const group = this.#fold?.grouping.groups.get(id);
    if (!group || !this.#fold) return;
    this.#anchorTo(id, at);
    this.hover(null); // what opens is not covered by what was told of it
    this.#folding.set(group, this.#fold.grouping, !this.#fold.boxes.has(id));
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
  startAnew(): void {
    this.#folding.forget();
    this.#direction.settle('down');
  }

  /** Lets data flow the other way. What is looked at stays where it is, or all of the graph in sight. */
  turn(): void {
    this.#direction.toggle();
    if (!this.#model || !this.#shown || !this.#wanted || !this.#layout) return;
    if (this.#camera.holder !== 'reader') this.#seen = false;
    else this.#anchorTo(this.#lookedAt(this.#layout));
    this.#place(this.#folding.fold(this.#model, this.#shown), this.#wanted);
  }

  select(target: Target | null): void {
    this.#selection = target;
  }
  hover(target: Target | null): void {
    if (target?.id !== this.#hovered?.id || target?.kind !== this.#hovered?.kind) this.#hovered = target;
  }

  resize(screen: Size): void {
    this.#camera.resize(screen, this.#sight());
    void this.#judgeAgain();
  }
  pan(dx: number, dy: number): void {
    this.#takeOver();
    this.#camera.pan(dx, dy);
  }
  /** A stretch to the right and down, as a key asks for. */
  step(right: number, down: number): void {
    this.#anchor = null;
    this.#camera.step(right, down);
  }
  /** Without a point, about what is selected, where that is in sight. */
  zoom(factor: number, at = this.#spot()): void {
    this.#takeOver();
    this.#camera.zoom(factor, at);
  }
  /** Shows all of the graph, however small; where it is seen already, what was seen before. */
  fit(): void {
    const sight = this.#sight();
    if (sight) this.#camera.fit(sight);
  }
  /** Brings a node into sight, now or once it is laid out, out of closed groups. */
  reveal(node: number): void {
    const layout = this.#moving?.to ?? this.#layout;
    const inside = this.#fold !== null && this.#folding.openTo(node, this.#fold);
    const place = inside ? null : layout && placeOf(layout, this.#fold?.visibleOf(node) ?? -1);
    this.#sought = place ? null : node;
    if (place) this.#camera.bring(place);
  }
  /** Takes the view to a point of the layout. */
  lookAt(at: Point): void {
    this.#takeOver();
    this.#camera.lookAt(at);
  }
  /** The playhead is at a node (null: at none); the view goes along where it is following, and has to. */
  follow(node: number | null, plays: boolean): void {
    const begins = plays && !this.#plays;
    this.#plays = plays;
    if (!begins && (node === null || node === this.#playing)) return;
    this.#playing = node ?? this.#playing;
    const sight = this.#sight();
    if (sight && begins) this.#camera.resume(sight);
    if (sight) this.#camera.follow(sight);
  }

  advance(ms: number): void {
    if (this.#moving) {
      const { from, to } = this.#moving;
      const share = Math.min((this.#moving.ms + ms) / MOVE_MS, 1);
      this.#layout = interpolateLayout(from, to, share);
      this.#holdAnchor(easeInOut(share));
      this.#moving = share === 1 ? null : { from, to, ms: this.#moving.ms + ms };
    }
    this.#camera.advance(ms);
  }

  /** A selected group goes along to its like in another iteration. */
  #adopt(fold: Fold): void {
    const selected = this.#selection?.kind === 'group' ? this.#selection.id : null;
    if (selected !== null) {
      const key = this.#fold?.grouping.groups.get(selected)?.key;
      const like = [...fold.grouping.groups.values()].find((group) => group.key === key);
      if (like?.id !== selected) this.#selection = like ? { kind: 'group', id: like.id } : null;
    }
    this.#fold = fold;
  }

  #place(fold: Fold, wanted: Wanted): void {
    if (!this.#model) return;
    const graph = foldedGraph(this.#model, fold, this.#measure);
    const known = this.#judged ? this.#layouts.known(graph, this.direction) : null;
    this.#awaited = null;
    if (known) this.#moveTo(known, fold);
    else void this.#layOut(graph, wanted);
  }

  async #layOut(graph: LayoutGraph, wanted: Wanted): Promise<void> {
    this.#awaited = wanted;
    const layout = this.#judged ? await this.#layouts.of(graph, this.direction) : await this.#best(graph);
    if (this.#awaited !== wanted || !this.#model || !this.#shown) return;
    this.#awaited = null;
    this.#judged = true;
    // The numbers may have changed meanwhile, the structure did not.
    this.#moveTo(layout, this.#folding.fold(this.#model, this.#shown));
  }

  /** The layout in the direction that was chosen, or else in that in which it is read best. */
  async #best(graph: LayoutGraph): Promise<Layout> {
    const standing = await this.#layouts.of(graph, this.direction);
    if (!this.#direction.free || !worthTurning(standing, this.screen)) return standing;
    const turned = await this.#layouts.of(graph, opposite(standing.direction));
    return better(standing, turned, this.screen);
  }

  /** The stage has another shape. */
  async #judgeAgain(): Promise<void> {
    const [model, fold, standing] = [this.#model, this.#fold, this.#moving?.to ?? this.#layout];
    if (!model || !fold || !standing || this.#awaited || this.#camera.holder === 'reader') return;
    if (!this.#direction.free || !worthTurning(standing, this.screen)) return;
    const best = await this.#best(foldedGraph(model, fold, this.#measure));
    if (this.#fold !== fold || this.#awaited || best.direction === standing.direction) return;
    this.#seen = false;
    this.#moveTo(best, fold);
  }

  #moveTo(to: Layout, fold: Fold): void {
    const from = this.#layout;
    this.#adopt(fold);
    if (this.#direction.free) this.#direction.settle(to.direction);
    this.#moving = from && !this.#reducedMotion() ? { from, to, ms: 0 } : null;
    if (!this.#moving) this.#layout = to;
    else this.#layout = interpolateLayout(this.#moving.from, to, 0);
    const all = this.#camera.holder === 'all';
    const sight = this.#sight();
    if (this.#anchor) this.#aimAnchor(to);
    else if (sight && (!this.#seen || (all && !holds(this.view, sight.bounds, this.screen)))) {
      this.#camera.aim(sight, from !== null);
    } else if (sight) this.#camera.follow(sight); // the playhead may have moved before its node was placed
    this.#seen = true;
    if (this.#sought !== null) this.reveal(this.#sought);
  }

  /** What there is to see, when everything stands. */
  #sight(): Sight | null {
    const layout = this.#moving?.to ?? this.#layout;
    if (!layout) return null;
    const playing = this.#playing === null ? null : this.#fold?.visibleOf(this.#playing);
    const start = this.#startOf(layout);
    return { bounds: this.#boundsOf(layout), start, playing: layout.nodes.get(playing ?? -1) ?? null };
  }

  /** With what stands beside nodes at some step: in the same places, whatever the numbers are. */
  #boundsOf(layout: Layout): Rect {
    const known = this.#bounds.get(layout);
    if (known || !this.#model) return known ?? layout.bounds;
    const bounds = aroundSums(this.#model, layout);
    this.#bounds.set(layout, bounds);
    return bounds;
  }

  /** Where data comes in: the middle of that side, or what comes first where that would be out of sight. */
  #startOf(layout: Layout): Point {
    const { x, y, width, height } = layout.bounds;
    const side = layout.direction === 'down' ? { x: x + width / 2, y } : { x, y: y + height / 2 };
    const node = this.#model?.steps.find((step) => step.node !== null)?.node ?? -1;
    const first = placeOf(layout, this.#fold?.visibleOf(node) ?? -1);
    const view = filled(centre(side, nearOn(this.screen), this.screen), layout.bounds, this.screen);
    if (!first || holds(view, first, this.screen)) return side;
    return { x: first.x + first.width / 2, y: first.y + first.height / 2 };
  }

  /** What a reader looks at: the selection where it is in sight, or what is in the middle. */
  #lookedAt(layout: Layout): number {
    const selected = this.#fold?.visibleOf(this.selectedNode ?? -1) ?? -1;
    const place = placeOf(layout, selected);
    if (place && holds(this.view, place, this.screen)) return selected;
    return itemInMiddle(layout, this.view, this.screen);
  }

  #spot(): Point | undefined {
    const selected = this.#fold?.visibleOf(this.selectedNode ?? -1) ?? -1;
    return this.#layout ? spotOf(selected, this.#layout, this.view, this.screen) : undefined;
  }
  #anchorTo(item: number, at?: Point): void {
    this.#takeOver();
    const { scale } = this.view;
    const of = this.#layout && anchorOf(this.#layout, item, this.view, at);
    this.#anchor = of && { of, from: scale, to: scale, drift: { x: 0, y: 0 } };
  }

  /** What opens where nothing could be read comes nearer, as far as it fits. */
  #aimAnchor(to: Layout): void {
    if (!this.#anchor) return;
    const { of, from } = this.#anchor;
    const box = to.boxes.has(of.id) ? placeOf(to, of.id) : null;
    const near =
      box && from < readableOn(this.screen)
        ? Math.min(nearOn(this.screen), fit(box, this.screen).scale)
        : from;
    const scale = Math.max(from, near);
    const view = anchored(of, to, scale);
    const drift = box && view ? driftIntoSight(box, view, this.screen) : { x: 0, y: 0 };
    this.#anchor = { of, from, to: scale, drift };
    this.#holdAnchor(this.#moving ? 0 : 1);
  }

  #holdAnchor(share: number): void {
    if (!this.#anchor || !this.#layout) return;
    const { of, from, to, drift } = this.#anchor;
    const at = { x: of.at.x + share * drift.x, y: of.at.y + share * drift.y };
    this.#camera.hold(anchored({ ...of, at }, this.#layout, from * (to / from) ** share));
    if (share === 1) this.#anchor = null;
  }

  #takeOver(): void {
    this.#camera.takeOver();
    this.#anchor = null;
  }
}

function isSame(a: Wanted, b: Wanted | null): boolean {
  return a.structure === b?.structure && a.key === b.key && a.choices === b.choices;
}
