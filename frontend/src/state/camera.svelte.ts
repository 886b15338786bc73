/**
 * From where the stage is looked at, and the way there. The page shows all of the graph, or goes along with the
 * playhead where all of it could not be read, until the reader takes over:
 *
 *            pan, zoom, look, open                 fit
 *   all | follow ───────────► reader     any ──────────────► all ──────────► what was before, or follow
 *         ▲                     │                             fit once more
 *         └──── play ───────────┘
 */
import { easeInOut, easeOut } from '../animation';
import type { Rect, Size } from '../layout';
import type { View } from '../scene';
import { NEAR, nearOn, readableOn } from './turning';
import { between, centre, filled, fit, holds, inMiddle, onward, pan, zoom, type Point } from './viewport';

export const MOVE_MS = 350;
const KEY_MS = 200;
/** Of the shorter side of the screen, what a key moves it by. */
const KEY_SHARE = 0.25;
/** At the lower edge, what the tools take beyond a margin. */
const TOOLS = 24;

const HOME: View = { scale: 1, x: 0, y: 0 };

/** What there is to see, in layout units. */
export interface Sight {
  readonly bounds: Rect;
  /** Where data comes in. */
  readonly start: Point;
  /** Where the playhead is. */
  readonly playing: Point | null;
}

interface Glide {
  readonly from: View;
  readonly to: View;
  readonly ms: number;
  readonly length: number;
  readonly ease: (share: number) => number;
}

type Holder = 'all' | 'follow' | 'reader';

export class Camera {
  #view = $state.raw<View>(HOME);
  #gliding = $state.raw<Glide | null>(null);
  #screen = $state.raw<Size>({ width: 0, height: 0 });
  #holder = $state<Holder>('all');
  /** What was seen before all of the graph was asked for. */
  #before = $state.raw<{ readonly holder: Holder; readonly view: View } | null>(null);
  /** The scale to follow at. */
  #near = NEAR;
  readonly #reducedMotion: () => boolean;

  constructor(reducedMotion: () => boolean) {
    this.#reducedMotion = reducedMotion;
  }

  get view(): View {
    return this.#view;
  }
  /** Where the view is on its way to, or is. */
  get goal(): View {
    return this.#gliding?.to ?? this.#view;
  }
  get screen(): Size {
    return this.#screen;
  }
  get gliding(): boolean {
    return this.#gliding !== null;
  }
  get holder(): Holder {
    return this.#holder;
  }

  resize(screen: Size, sight: Sight | null): void {
    this.#screen = screen;
    if (this.#holder !== 'reader' && sight) this.settle(sight);
  }

  pan(dx: number, dy: number): void {
    this.takeOver();
    this.#view = pan(this.#view, dx, dy);
  }
  /** By keys: to the right, down. */
  step(right: number, down: number): void {
    const by = KEY_SHARE * Math.min(this.#screen.width, this.#screen.height);
    const to = pan(this.goal, -right * by, -down * by);
    this.takeOver();
    this.#glideTo(to, { length: KEY_MS, ease: easeOut });
  }
  zoom(factor: number, at: Point = this.#middle()): void {
    this.takeOver();
    this.#view = zoom(this.#view, at, factor);
  }

  /** Something else than before is to be seen: all of it where it can be read so, or else from the playhead on. */
  aim(sight: Sight, glides: boolean): void {
    this.#before = null;
    this.#near = nearOn(this.#screen);
    this.#holder = fit(sight.bounds, this.#clear()).scale < readableOn(this.#screen) ? 'follow' : 'all';
    if (glides) this.settle(sight);
    else this.#view = this.#wanted(sight);
  }

  /** Takes the view where its holder wants it. */
  settle(sight: Sight): void {
    this.#glideTo(this.#wanted(sight));
  }

  /** All of the graph, however small; where that is seen already, back. */
  fit(sight: Sight): void {
    const back = this.wayBack(sight);
    if (back) {
      this.#holder = back.holder;
      this.#before = null;
      this.#glideTo(back.view);
    } else {
      if (this.#holder !== 'all') this.#before = { holder: this.#holder, view: this.goal };
      this.#holder = 'all';
      this.settle(sight);
    }
  }

  /** Where `fit` would go back to; null where it shows all. */
  wayBack(sight: Sight): { readonly holder: Holder; readonly view: View } | null {
    if (this.#holder !== 'all' || !same(this.goal, fit(sight.bounds, this.#clear()))) return null;
    if (this.#before?.holder === 'reader') return this.#before;
    if (!this.#before && this.goal.scale >= readableOn(this.#screen)) return null;
    return { holder: 'follow', view: this.#along(sight) };
  }

  lookAt(at: Point): void {
    this.takeOver();
    this.#view = centre(at, this.#view.scale, this.#screen);
  }
  /** Brings something into sight; the scale stays, unless nothing could be read at it. */
  bring(place: Rect): void {
    const { scale } = this.goal;
    const readable = scale >= readableOn(this.#screen);
    if (readable && holds(this.goal, place, this.#screen)) return;
    this.takeOver();
    const middle = { x: place.x + place.width / 2, y: place.y + place.height / 2 };
    this.#glideTo(centre(middle, readable ? scale : nearOn(this.#screen), this.#screen));
  }

  /** The playhead is somewhere else: goes along, if it has to; what jumped out of sight is in the middle then. */
  follow(sight: Sight): void {
    if (this.#holder !== 'follow' || !sight.playing) return;
    const near = Math.abs(this.goal.scale / this.#near - 1) < 0.001;
    const jumped = !holds(this.goal, spotAt(sight.playing), this.#screen);
    if (!near || jumped) this.settle(sight);
    else if (!inMiddle(this.goal, sight.playing, this.#clear())) {
      const next = onward(this.goal, sight.playing, this.#clear());
      this.#glideTo(filled(next, sight.bounds, this.#clear()));
    }
  }
  /** Playing begins: where the reader left off, as near as they were. */
  resume(sight: Sight): void {
    if (this.#holder !== 'reader' || holds(this.goal, sight.bounds, this.#screen)) return;
    this.#near = Math.max(this.goal.scale, readableOn(this.#screen));
    this.#holder = 'follow';
  }

  /** The view is decided on elsewhere, frame by frame. */
  hold(view: View | null): void {
    if (view) this.#view = view;
  }
  takeOver(): void {
    this.#holder = 'reader';
    this.#gliding = null;
  }

  advance(ms: number): void {
    if (!this.#gliding) return;
    const gliding = { ...this.#gliding, ms: this.#gliding.ms + ms };
    const share = Math.min(gliding.ms / gliding.length, 1);
    this.#view = between(gliding.from, gliding.to, gliding.ease(share));
    this.#gliding = share === 1 ? null : gliding;
  }

  #wanted(sight: Sight): View {
    return this.#holder === 'all' ? fit(sight.bounds, this.#clear()) : this.#along(sight);
  }

  #along({ bounds, start, playing }: Sight): View {
    return filled(centre(playing ?? start, this.#near, this.#clear()), bounds, this.#clear());
  }

  #glideTo(to: View, { length, ease } = { length: MOVE_MS, ease: easeInOut }): void {
    this.#gliding = this.#reducedMotion() ? null : { from: this.#view, to, ms: 0, length, ease };
    if (!this.#gliding) this.#view = to;
  }

  /** The part of the screen that the tools leave free. */
  #clear(): Size {
    return { width: this.#screen.width, height: Math.max(this.#screen.height - TOOLS, 1) };
  }

  #middle(): Point {
    return { x: this.#screen.width / 2, y: this.#screen.height / 2 };
  }
}

function spotAt({ x, y }: Point): Rect {
  return { x, y, width: 0, height: 0 };
}

/** To a pixel. */
function same(a: View, b: View): boolean {
  return Math.abs(a.scale / b.scale - 1) < 0.001 && Math.abs(a.x - b.x) < 1 && Math.abs(a.y - b.y) < 1;
}
