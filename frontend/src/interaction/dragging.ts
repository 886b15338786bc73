/**
 * Numbers of the program that can be pulled: press on one and move sideways, or Ctrl-Alt-Up and -Down at the cursor.
 * In: pointers and keys. Out: numbers to `pullTo`, and changes to the text; a whole pull is one step of the history. They
 * come as fast as they are answered: a number that nobody has looked at yet gives way to the next, and one that has
 * waited waits for the hand's next movement, so that the picture is of where the hand is. The text shows a number
 * together with what came of it, so that the editor is laid out once for both.
 *
 *            press on a number            moved 3 px                    released
 *   idle ───────────────────────► pressed ───────────► pulling ──────────────────────────────► idle
 *     ▲                              │                     Escape, cancelled: as it was
 *     └──────── released: a click ◄──┘
 *
 * A finger that moves up or down scrolls, which cancels the press; one that pulls counts from where that shows, and puts
 * the cursor there, which a mouse has done by then.
 */
import { isolateHistory, undo } from '@codemirror/commands';
import { syntaxTree } from '@codemirror/language';
import { Prec, Transaction, type Extension, type TransactionSpec } from '@codemirror/state';
import {
  Decoration,
  ViewPlugin,
  keymap,
  type DecorationSet,
  type EditorView,
  type ViewUpdate,
} from '@codemirror/view';

import { Bubble } from './bubble';
import { letGo, pullTo, shown } from './changes';
import { pulled, readLiteral, unitsOf, type Literal } from './literals';

const THRESHOLD_PX = 3;
/** The number goes along with the hand at least this often, also where answers take longer. */
const PATIENCE_MS = 60;
/** What has waited longer than this for the answer before it is not asked for if the hand goes on. */
const FRESH_MS = 8;
/** A hand without news for so long rests. */
const RESTING_MS = 20;
/** The one kind of change that CodeMirror's history always joins to the step before it, however long ago that was. */
const JOINED = 'input.type.compose';

interface Found {
  readonly from: number;
  readonly to: number;
  readonly literal: Literal;
}

interface Pull {
  readonly pointer: number;
  startX: number;
  readonly startY: number;
  readonly literal: Literal;
  readonly from: number;
  to: number;
  moved: boolean;
  written: boolean;
  /** What the hand has come to since the last number was asked for. */
  wanted: string | null;
  /** When the hand moved last, on the clock of `performance.now()`. */
  movedAt: number;
  /** The number that was asked for last. */
  asked: string | null;
  /** The number that was answered last, where the text does not show it yet. */
  answered: string | null;
  /** Whether the one that was asked for is still looked at. */
  busy: boolean;
  /** Asks for where the hand is once it rests. */
  resting: ReturnType<typeof setTimeout> | undefined;
  /** Above a finger. */
  bubble: Bubble | null;
}

const TELLS_AT_ONCE = 'onpointerrawupdate' in globalThis;
const UNTOUCHED = {
  moved: false,
  written: false,
  wanted: null,
  movedAt: 0,
  asked: null,
  answered: null,
  busy: false,
  resting: undefined,
  bubble: null,
} as const;
const mark = Decoration.mark({ class: 'cm-pull', attributes: { title: 'Drag to change' } });

class Numbers {
  decorations: DecorationSet;
  #pull: Pull | null = null;

  constructor(readonly view: EditorView) {
    this.decorations = decorate(view);
  }

  update(update: ViewUpdate): void {
    const parsed = syntaxTree(update.state) !== syntaxTree(update.startState);
    if (update.docChanged || update.viewportChanged || parsed) this.decorations = decorate(update.view);
  }

  press(event: PointerEvent): boolean {
    if (event.button !== 0 || event.ctrlKey || event.metaKey) return false;
    if (!(event.target instanceof Element) || !event.target.closest('.cm-pull')) return false;
    const at = this.view.posAtDOM(event.target);
    const found = numberAt(this.view, at);
    if (!found) return false;
    const { pointerId: pointer, clientX: startX, clientY: startY } = event;
    this.#pull = { pointer, startX, startY, ...UNTOUCHED, ...found };
    return true;
  }

  /** A mouse that may be about to pull selects nothing: it only puts the cursor there. True where it is one. */
  place(event: MouseEvent): boolean {
    const at = this.#pull && !event.shiftKey && event.detail < 2 ? this.view.posAtCoords(event) : null;
    if (at === null) return false;
    event.preventDefault();
    this.view.focus();
    this.view.dispatch({ selection: { anchor: at } });
    return true;
  }

  move(event: PointerEvent): void {
    const pull = this.#pull;
    if (pull?.pointer !== event.pointerId) return;
    if (!pull.moved && !this.#begins(pull, event)) return;
    event.preventDefault();
    const pixels = event.clientX - pull.startX;
    pull.wanted = pulled(pull.literal, unitsOf(pull.literal, pixels), event.shiftKey);
    pull.movedAt = event.timeStamp;
    pull.bubble?.tell(pull.wanted);
    if (!pull.busy) this.#ask(pull);
  }

  #begins(pull: Pull, { pointerId, pointerType, clientX, clientY }: PointerEvent): boolean {
    const aside = Math.abs(clientX - pull.startX);
    const touches = pointerType === 'touch';
    if (aside < THRESHOLD_PX || (touches && aside < Math.abs(clientY - pull.startY))) return false;
    if (touches) {
      pull.startX = clientX;
      pull.bubble = new Bubble(this.view, pull.from);
      this.view.dispatch({ selection: { anchor: pull.from } });
    }
    pull.moved = true;
    this.view.contentDOM.setPointerCapture(pointerId);
    this.view.dom.classList.add('cm-pulling');
    return true;
  }

  release(event: PointerEvent): void {
    if (this.#pull?.pointer === event.pointerId) this.#end();
  }

  /** A finger that rests on a number selects it, and then pulls at the selection's end. */
  rest(): void {
    if (!this.#pull?.moved) this.#pull = null;
  }

  cancel(event: PointerEvent): void {
    if (this.#pull?.pointer === event.pointerId && !this.giveUp()) this.#end();
  }

  /** The number as it was before the pull. */
  giveUp(): boolean {
    if (!this.#pull?.moved) return false;
    this.#pull.wanted = this.#pull.asked = null;
    if (this.#pull.written) undo(this.view);
    this.#end();
    return true;
  }

  get pulling(): boolean {
    return this.#pull?.moved ?? false;
  }

  #ask(pull: Pull): void {
    clearTimeout(pull.resting);
    const { state } = this.view;
    const text = pull.wanted;
    pull.wanted = null;
    if (text === null || text === (pull.asked ?? state.sliceDoc(pull.from, pull.to))) return;
    pull.asked = text;
    pull.busy = true;
    const next = (): void => {
      clearTimeout(patience);
      pull.busy = false;
      if (this.#pull !== pull) return;
      const shows = pull.answered === null;
      pull.answered = text;
      if (shows) state.facet(pullTo)?.show(() => (this.#pull === pull ? this.#written(pull) : {}));
      this.#goOn(pull);
    };
    const patience = setTimeout(next, PATIENCE_MS);
    const around = [state.sliceDoc(0, pull.from), state.sliceDoc(pull.to)];
    state.facet(pullTo)?.ask(around.join(text), next);
  }

  /** There is an answer: asks for what the hand has come to, or where that was a while ago for what it comes to next. */
  #goOn(pull: Pull): void {
    if (performance.now() - pull.movedAt < FRESH_MS) this.#ask(pull);
    else pull.resting = setTimeout(() => this.#ask(pull), RESTING_MS);
  }

  /** The history gets the first change of a pull as a step of its own, and joins to it all that follow. */
  #written(pull: Pull): TransactionSpec {
    const text = pull.answered;
    pull.answered = null;
    if (text === null || this.view.state.sliceDoc(pull.from, pull.to) === text) return {};
    const joined = pull.written ? Transaction.userEvent.of(JOINED) : isolateHistory.of('before');
    const changes = { from: pull.from, to: pull.to, insert: text };
    pull.to = pull.from + text.length;
    pull.written = true;
    return { changes, annotations: [shown.of(true), joined] };
  }

  #end(): void {
    const pull = this.#pull;
    if (pull?.moved) {
      pull.answered = pull.wanted ?? pull.asked;
      this.view.dispatch(this.#written(pull));
    }
    pull?.bubble?.remove();
    clearTimeout(pull?.resting);
    this.#pull = null;
    this.view.dom.classList.remove('cm-pulling');
    if (!pull?.moved) return;
    const anchor = numberAt(this.view, pull.from)?.to ?? pull.from;
    this.view.dispatch({
      selection: { anchor },
      annotations: [letGo.of(true), isolateHistory.of('full')],
    });
  }
}

const numbers = ViewPlugin.fromClass(Numbers, {
  decorations: (plugin) => plugin.decorations,
  eventHandlers: {
    pointerdown(event) {
      this.press(event);
    },
    // As it comes, where the browser tells: `pointermove` waits for the next frame.
    [TELLS_AT_ONCE ? 'pointerrawupdate' : 'pointermove'](event: PointerEvent) {
      this.move(event);
    },
    pointerup(event) {
      this.release(event);
    },
    pointercancel(event) {
      this.cancel(event);
    },
    contextmenu(event) {
      this.rest();
      return this.pulling && (event.preventDefault(), true);
    },
    mousedown(event) {
      return this.place(event);
    },
    // The editor itself would select text while the mouse moves.
    mousemove(event) {
      return this.pulling && (event.preventDefault(), true);
    },
    selectstart(event) {
      return this.pulling && (event.preventDefault(), true);
    },
  },
});

export function draggableNumbers(): Extension {
  const nudge = (units: number) => (view: EditorView) => nudged(view, units);
  return [
    numbers,
    keymap.of([
      { key: 'Ctrl-Alt-ArrowUp', run: nudge(1) },
      { key: 'Ctrl-Alt-ArrowDown', run: nudge(-1) },
    ]),
    // Before completion, which takes a number that follows the hand for typing, and the key for its own.
    Prec.highest(keymap.of([{ key: 'Escape', run: (view) => view.plugin(numbers)?.giveUp() ?? false }])),
  ];
}

function nudged(view: EditorView, units: number): boolean {
  const found = numberAt(view, view.state.selection.main.head);
  if (!found) return false;
  const insert = pulled(found.literal, units, false);
  view.dispatch({
    changes: { from: found.from, to: found.to, insert },
    selection: { anchor: found.from + insert.length },
    annotations: [letGo.of(true), isolateHistory.of('full')],
  });
  return true;
}

/** The number that touches a position, with its sign where that can only be a sign. */
function numberAt(view: EditorView, position: number): Found | null {
  const { state } = view;
  const tree = syntaxTree(state);
  const node = [1, -1] as const;
  const token = node.map((side) => tree.resolveInner(position, side)).find(({ name }) => name === 'Number');
  if (!token) return null;
  const { parent } = token;
  const signed = parent?.name === 'UnaryExpression' && state.sliceDoc(parent.from, parent.from + 1) === '-';
  const from = signed ? parent.from : token.from;
  const literal = readLiteral(state.sliceDoc(from, token.to));
  return literal && { from, to: token.to, literal };
}

function decorate(view: EditorView): DecorationSet {
  const found: { from: number; to: number }[] = [];
  for (const { from, to } of view.visibleRanges) {
    syntaxTree(view.state).iterate({
      from,
      to,
      enter: (node) => {
        if (node.name === 'Number' && readLiteral(view.state.sliceDoc(node.from, node.to)))
          found.push({ from: node.from, to: node.to });
      },
    });
  }
  return Decoration.set(found.map((each) => mark.range(each.from, each.to)));
}
