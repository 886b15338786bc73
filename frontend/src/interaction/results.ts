/**
 * What each line produced, quietly at its right edge. It lies over the line and takes no room in it, so that nothing
 * moves when it comes and goes; how wide it may be is measured, and what does not fit loses digits.
 */
import { StateEffect, type Extension } from '@codemirror/state';
import { Decoration, ViewPlugin, WidgetType, type EditorView, type ViewUpdate } from '@codemirror/view';

import { fitted, isRounded, type Told } from './fitted';
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

/** The lines that will have no result: no room is kept beside them. */
export const setSilent = StateEffect.define<readonly number[]>();

const SILENT = Decoration.line({ class: 'cm-silent' });

const silent = layerOf(setSilent, (lines, text) =>
  lines.filter((line) => line <= text.lines).map((line) => SILENT.range(text.line(line).from)),
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
    const { kind, gradient } = this.result;
    const name = `cm-result cm-result-${kind}`;
    if (element.className !== name) element.className = name;
    const grad = element.lastElementChild as HTMLElement | null;
    const colour = gradient ? `var(--${gradient.token})` : '';
    if (grad && grad.style.color !== colour) grad.style.color = colour;
    shownIn.set(element, this.result);
    fill(element);
    return true;
  }

  override ignoreEvent(): boolean {
    return true;
  }
}

interface Room {
  /** How the line looked when it was measured. */
  readonly look: string;
  readonly px: number;
  readonly columns: number;
}

/** What each element shows, and in which room. */
const shownIn = new WeakMap<HTMLElement, Result>();
const roomOf = new WeakMap<HTMLElement, Room>();

/** Writes as much as has room; all where that is not known yet. What stays is not touched: the editor would look anew. */
function fill(element: HTMLElement): void {
  const result = shownIn.get(element);
  if (!result) return;
  const { told, gradient } = result;
  const { value, gradient: grad } = fitted(told, gradient, roomOf.get(element)?.columns ?? Infinity);
  const [one, other] = Array.from(element.children) as HTMLElement[];
  if (one) write(one, value, told, told.exact);
  if (other) write(other, grad, gradient, value === null ? bothOf(result) : (gradient?.exact ?? ''));
}

function write(element: HTMLElement, text: string | null, told: Told | null, exact: string): void {
  element.classList.toggle('cm-rounded', text !== null && told !== null && isRounded(told, text));
  if (element.textContent !== (text ?? '')) element.textContent = text;
  if (element.title !== exact) element.title = exact;
  if (element.hidden !== (text === null)) element.hidden = text === null;
}

const GAP_PX = 12;

/** Measures the room between the end of each line and the edge, and gives it to the line's result. */
class Fitting {
  /** Whether the room of every line may be another, not only of those with another text. */
  #all = true;

  constructor(view: EditorView) {
    this.#ask(view);
  }

  update(update: ViewUpdate): void {
    const told = update.transactions.some(({ effects }) => effects.some((each) => each.is(setResults)));
    this.#all ||= update.geometryChanged && !update.docChanged;
    if (update.docChanged || update.geometryChanged || told) this.#ask(update.view);
  }

  #ask(view: EditorView): void {
    view.requestMeasure({ key: this, read: () => this.#measure(view), write: fitIn });
  }

  /** The new rooms. */
  #measure(view: EditorView): [HTMLElement, Room][] {
    const elements = Array.from(view.contentDOM.querySelectorAll<HTMLElement>('.cm-result'));
    const ends = elements.map((element) => [element, view.state.doc.lineAt(view.posAtDOM(element))] as const);
    const asked = this.#all
      ? ends
      : ends.filter(([element, { text }]) => roomOf.get(element)?.look !== lookOf(text));
    this.#all = false;
    return asked.map(([element, { to, text }]) => [element, measured(view, element, { to, text })]);
  }
}

/** What a line's length on the screen hangs on: digits are alike. */
function lookOf(text: string): string {
  return text.replace(/\d/g, '0');
}

/** The width of a character at the end of a line, as a share of one in it. */
const SMALLER = 12 / 13;

function measured(view: EditorView, element: HTMLElement, line: { to: number; text: string }): Room {
  const end = view.coordsAtPos(line.to, -1)?.right ?? 0;
  const right = element.offsetParent?.getBoundingClientRect().right ?? 0;
  const px = Math.max(Math.floor(right - end) - GAP_PX, 0);
  const columns = Math.floor((px - GAP_PX) / (view.defaultCharacterWidth * SMALLER));
  return { look: lookOf(line.text), px, columns };
}

function fitIn(rooms: readonly [HTMLElement, Room][]): void {
  for (const [element, room] of rooms) {
    if (roomOf.get(element)?.px !== room.px) element.style.setProperty('--room', `${room.px}px`);
    roomOf.set(element, room);
    fill(element);
  }
}

function bothOf({ told, gradient }: Result): string {
  return `value ${told.exact}, gradient ${gradient?.exact ?? 'None'}`;
}

export const results: Extension = [silent, field, ViewPlugin.fromClass(Fitting)];
