/** Pointer and wheel on the stage: drag pans, wheel and pinch zoom, a tap selects, two close by, a pointer hovers. */
import type { Point } from '../state/viewport';
import { onMenu } from './menus';

export interface GestureEvents {
  /** Pixels moved. */
  pan(dx: number, dy: number): void;
  zoom(at: Point, factor: number): void;
  tap(at: Point): void;
  /** The second of two quick taps at one place; both were told as taps as well. */
  doubleTap(at: Point): void;
  /** Where a mouse rests; null when it left. */
  hover(at: Point | null): void;
}

/** A pointer that moved less than this is a tap; a finger has more play, also from one tap to the next. */
const SLACK_PX = 4;
const FINGER_SLACK_PX = 12;
const TWICE_MS = 400;
const WHEEL_RATE = 0.0016;
/** Trackpads send a pinch as a wheel with Ctrl and much smaller steps. */
const PINCH_RATE = 0.01;
const LINE_PX = 16;

export class Gestures {
  readonly #element: HTMLElement;
  readonly #events: GestureEvents;
  readonly #pointers = new Map<number, Point>();
  readonly #off = new AbortController();
  #travelled = 0;
  #lastTap: { readonly at: Point; readonly time: number } | null = null;

  constructor(element: HTMLElement, events: GestureEvents) {
    this.#element = element;
    this.#events = events;
    const { signal } = this.#off;
    element.addEventListener('wheel', this.#wheel, { passive: false, signal });
    element.addEventListener('pointerdown', this.#down, { signal });
    element.addEventListener('pointermove', this.#move, { signal });
    element.addEventListener('pointerup', this.#up, { signal });
    element.addEventListener('pointercancel', this.#cancel, { signal });
    element.addEventListener('contextmenu', this.#menu, { signal });
    element.addEventListener('pointerleave', () => events.hover(null), { signal });
  }

  destroy(): void {
    this.#off.abort();
  }

  readonly #wheel = (event: WheelEvent): void => {
    event.preventDefault();
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * LINE_PX : event.deltaY;
    const rate = event.ctrlKey ? PINCH_RATE : WHEEL_RATE;
    this.#events.zoom(this.#at(event), Math.exp(-pixels * rate));
  };

  readonly #down = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    if (this.#pointers.size === 0) this.#travelled = 0;
    this.#pointers.set(event.pointerId, this.#at(event));
    this.#element.setPointerCapture(event.pointerId);
  };

  readonly #move = (event: PointerEvent): void => {
    const before = this.#pointers.get(event.pointerId);
    const at = this.#at(event);
    if (!before) {
      this.#events.hover(at);
      return;
    }
    const [dx, dy] = [at.x - before.x, at.y - before.y];
    this.#travelled += Math.hypot(dx, dy);
    const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.#pointers.set(event.pointerId, at);
    if (other) this.#pinch(before, at, other);
    else if (this.#travelled > slackOf(event)) this.#events.pan(dx, dy);
  };

  readonly #up = (event: PointerEvent): void => {
    const known = this.#pointers.delete(event.pointerId);
    if (known && this.#pointers.size === 0 && this.#travelled <= slackOf(event)) this.#tapped(event);
  };

  #tapped(event: PointerEvent): void {
    const [at, before] = [this.#at(event), this.#lastTap];
    this.#events.tap(at);
    const again =
      before !== null &&
      event.timeStamp - before.time < TWICE_MS &&
      Math.hypot(at.x - before.at.x, at.y - before.at.y) < 2 * slackOf(event);
    this.#lastTap = again ? null : { at, time: event.timeStamp };
    if (again) this.#events.doubleTap(at);
  }

  readonly #cancel = (event: PointerEvent): void => {
    this.#pointers.delete(event.pointerId);
  };

  readonly #menu = (event: MouseEvent): void => {
    onMenu(event, () => this.#pointers.clear());
  };

  #pinch(before: Point, at: Point, other: Point): void {
    const spread = (a: Point) => Math.max(Math.hypot(a.x - other.x, a.y - other.y), 1);
    const middle = { x: (at.x + other.x) / 2, y: (at.y + other.y) / 2 };
    this.#events.pan((at.x - before.x) / 2, (at.y - before.y) / 2);
    this.#events.zoom(middle, spread(at) / spread(before));
  }

  #at(event: MouseEvent): Point {
    const box = this.#element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }
}

function slackOf({ pointerType }: PointerEvent): number {
  return pointerType === 'touch' ? FINGER_SLACK_PX : SLACK_PX;
}
