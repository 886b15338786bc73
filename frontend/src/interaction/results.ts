/**
 * What each line produced, quietly at its right edge. It lies over the line and takes no room in it, so that nothing
 * moves when it comes and goes; how wide it may be is measured, and what does not fit loses digits.
 */
import { StateEffect, type Extension } from '@codemirror/state';
import { Decoration, ViewPlugin, WidgetType, type EditorView, type ViewUpdate } from '@codemirror/view';

import { fitted, type Told } from './fitted';
import { layerOf } from './layers';

export type { Told } from './fitted';

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
    shownIn.set(element, this.result);
    if (value) write(value, told.text, told.exact);
    if (grad) write(grad, gradient?.text ?? null, gradient?.exact ?? '');
    grad?.style.setProperty('color', gradient && `var(--${gradient.token})`);
    return true;
  }

  override ignoreEvent(): boolean {
    return true;
  }
}

/** What each element shows, for when its room changes. */
const shownIn = new WeakMap<HTMLElement, Result>();

function write(element: HTMLElement, text: string | null, exact: string): void {
  if (element.textContent !== text) element.textContent = text;
  element.title = exact;
  element.hidden = text === null;
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

interface Room {
  readonly element: HTMLElement;
  readonly px: number;
  readonly columns: number;
}

/** The width of a character at the end of a line, as a share of one in it. */
const SMALLER = 12 / 13;

function roomsOf(view: EditorView): Room[] {
  const elements = Array.from(view.contentDOM.querySelectorAll<HTMLElement>('.cm-result'));
  return elements.map((element) => {
    const end = view.coordsAtPos(view.posAtDOM(element), -1)?.right ?? 0;
    const right = element.offsetParent?.getBoundingClientRect().right ?? 0;
    const px = Math.max(Math.floor(right - end) - GAP_PX, 0);
    const columns = Math.floor((px - GAP_PX) / (view.defaultCharacterWidth * SMALLER));
    return { element, px, columns };
  });
}

function fitIn(rooms: Room[]): void {
  for (const { element, px, columns } of rooms) {
    const result = shownIn.get(element);
    if (!result) continue;
    element.style.setProperty('--room', `${px}px`);
    const { told, gradient } = result;
    const { value, gradient: grad } = fitted(told, gradient, columns);
    const [one, other] = Array.from(element.children) as HTMLElement[];
    if (one) write(one, value, told.exact);
    if (other && gradient) write(other, grad, value === null ? bothOf(result) : gradient.exact);
  }
}

function bothOf({ told, gradient }: Result): string {
  return `value ${told.exact}, gradient ${gradient?.exact ?? 'None'}`;
}

export const results: Extension = [field, ViewPlugin.fromClass(Fitting)];
