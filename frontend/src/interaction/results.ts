/**
 * What each line produced, quietly at its right edge. It lies over the line and takes no room in it, so that nothing
 * moves when it comes and goes; how wide it may be is measured, and what does not fit is cut.
 */
import { StateEffect, type Extension } from '@codemirror/state';
import { Decoration, ViewPlugin, WidgetType, type EditorView, type ViewUpdate } from '@codemirror/view';

import { layerOf } from './layers';

/** Something to read, with the exact number for the tooltip. */
export interface Told {
  readonly text: string;
  readonly exact: string;
}

export interface Result {
  readonly line: number;
  /** What the line made, printed, or was: `note` says that it was left out. */
  readonly kind: 'value' | 'print' | 'note';
  readonly told: Told;
  /** The gradient of the leaf that was made here; its colour's token tells the sign. */
  readonly gradient: (Told & { readonly token: string }) | null;
}

export const setResults = StateEffect.define<readonly Result[]>();

const field = layerOf(setResults, (lines, text) =>
  lines
    .filter(({ line }) => line >= 1 && line <= text.lines)
    .map((each) =>
      Decoration.widget({ widget: new ResultWidget(each), side: 1 }).range(text.line(each.line).to),
    ),
);

class ResultWidget extends WidgetType {
  constructor(readonly result: Result) {
    super();
  }

  override eq({ result }: ResultWidget): boolean {
    const same = (one: Told | null, other: Told | null) =>
      one?.text === other?.text && one?.exact === other?.exact;
    const { kind, told, gradient } = this.result;
    return kind === result.kind && same(told, result.told) && same(gradient, result.gradient);
  }

  override toDOM(): HTMLElement {
    const element = document.createElement('span');
    for (const name of ['value', 'gradient'])
      element.appendChild(document.createElement('span')).className = `cm-result-${name}`;
    this.updateDOM(element);
    return element;
  }

  /** The element stays where only numbers change, and with it the room that was measured for it. */
  override updateDOM(element: HTMLElement): boolean {
    const { kind, told, gradient } = this.result;
    const [value, grad] = Array.from(element.children) as HTMLElement[];
    element.className = `cm-result cm-result-${kind}`;
    if (value) write(value, told);
    if (grad) write(grad, gradient);
    grad?.style.setProperty('color', gradient && `var(--${gradient.token})`);
    return true;
  }

  override ignoreEvent(): boolean {
    return true;
  }
}

function write(element: HTMLElement, told: Told | null): void {
  element.textContent = told?.text ?? '';
  element.title = told?.exact ?? '';
  element.hidden = told === null;
}

const GAP_PX = 12;

/** Measures the room between the end of each line and the edge, and gives it to the line's result. */
class Fitting {
  constructor(view: EditorView) {
    this.#ask(view);
  }

  update(update: ViewUpdate): void {
    const told = update.transactions.some(({ effects }) => effects.some((each) => each.is(setResults)));
    if (update.docChanged || update.geometryChanged || told) this.#ask(update.view);
  }

  #ask(view: EditorView): void {
    view.requestMeasure({ key: this, read: roomsOf, write: fitIn });
  }
}

/** In less room than this a value is shown as a whole, or not at all. */
const LEAST_PX = 56;

interface Room {
  readonly element: HTMLElement;
  readonly px: number;
  /** The value, and the width of all of its text. */
  readonly value: HTMLElement | null;
  readonly wanted: number;
}

function roomsOf(view: EditorView): Room[] {
  const elements = Array.from(view.contentDOM.querySelectorAll<HTMLElement>('.cm-result'));
  return elements.map((element) => {
    const end = view.coordsAtPos(view.posAtDOM(element), -1)?.right ?? 0;
    const right = element.offsetParent?.getBoundingClientRect().right ?? 0;
    const value = element.querySelector<HTMLElement>('.cm-result-value');
    const px = Math.max(Math.floor(right - end) - GAP_PX, 0);
    return { element, px, value, wanted: value?.scrollWidth ?? 0 };
  });
}

function fitIn(rooms: Room[]): void {
  for (const { element, px, value, wanted } of rooms) {
    element.style.setProperty('--room', `${px}px`);
    const visible = px - GAP_PX >= Math.min(wanted, LEAST_PX);
    value?.style.setProperty('visibility', visible ? '' : 'hidden');
  }
}

export const results: Extension = [field, ViewPlugin.fromClass(Fitting)];
