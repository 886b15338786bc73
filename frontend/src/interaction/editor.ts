/**
 * The program's editor: CodeMirror, set up once. In: text, marks and a problem; out: edits, runs and
 * the cursor's line. It knows nothing of documents or of the stage.
 */
import { defaultKeymap, historyKeymap, isolateHistory, undo, undoDepth } from '@codemirror/commands';
import { EditorState, Transaction, type Extension, type TransactionSpec } from '@codemirror/state';
import { EditorView, keymap, type ViewUpdate } from '@codemirror/view';

import { assistance, underlined, type Problem } from './assistance';
import { letGo, pullTo, shown } from './changes';
import { inks } from './inks';
import { setMarks, type Mark } from './marks';
import { rangeOf, type PlaceLike } from './places';
import { remarksOf, type Remark } from './remarks';
import { setResults, setSilent, type Result } from './results';
import { setUpFor, type Use } from './uses';

export interface EditorEvents {
  /** The user changed the text; `takenBack`: by a step of the history, there or back. */
  edited(text: string, takenBack: boolean): void;
  /**
   * The user pulls at a number, or (`over`) has let go of it. `next` is to be called when another may come; until then
   * the text that is shown may still be the one before.
   */
  dragged(text: string, over: boolean, next: (() => void) | null): void;
  /** Ctrl or Cmd with Enter. */
  run(): void;
  /** The cursor moved to a line; null when the editor lost the focus. */
  line(line: number | null): void;
}

/** A pulled number is written at least this often: where answers come, with what is read beside the picture. */
const PATIENCE_MS = 250;
/** For so long what is played does not scroll the program that a hand has scrolled. */
const HANDS_OFF_MS = 4000;

export class Editor {
  readonly #view: EditorView;
  /** What is to be shown, together, once whoever shows something is done. */
  #pending: (() => TransactionSpec)[] = [];
  #isDue = false;
  #patience: ReturnType<typeof setTimeout> | undefined;
  #handled = -Infinity;
  /** The text with the number that is pulled, which is shown when it is answered. */
  #asked: string | null = null;

  constructor(parent: HTMLElement, text: string, events: EditorEvents, use: Use = 'program') {
    const pull = pullTo.of({
      ask: (asked, next) => {
        this.#asked = asked;
        events.dragged(asked, false, next);
      },
      show: (change) => this.#byAndBy(change),
    });
    const settled: EditorEvents = {
      ...events,
      edited: (now, takenBack) => {
        this.#asked = null;
        events.edited(now, takenBack);
      },
      dragged: (now, over, next) => {
        this.#asked = null;
        events.dragged(now, over, next);
      },
    };
    const extensions = [assistance(use), ...setUpFor(use), inks, watch(settled, use), pull];
    const state = EditorState.create({ doc: text, extensions });
    this.#view = new EditorView({ parent, state });
    for (const sign of ['pointerdown', 'wheel'])
      this.#view.scrollDOM.addEventListener(sign, () => (this.#handled = performance.now()), {
        passive: true,
      });
  }

  /** Another text, as one step that undo takes back; it does not come out again as an edit. */
  show(text: string): void {
    const { doc } = this.#view.state;
    if (text === this.#asked || doc.toString() === text) return;
    this.#asked = null;
    this.#flush();
    const isFirst = doc.length === 0 && undoDepth(this.#view.state) === 0;
    this.#view.dispatch({
      changes: { from: 0, to: doc.length, insert: text },
      selection: { anchor: 0 },
      annotations: [shown.of(true), isolateHistory.of('full'), Transaction.addToHistory.of(!isFirst)],
      scrollIntoView: true,
    });
  }

  /** Not where a hand has just selected: what is set anew under a selection, the browser takes out of it. */
  mark(marks: readonly Mark[]): void {
    this.#soon(() => (this.#isSelecting() ? {} : { effects: setMarks.of(marks) }));
  }

  #isSelecting(): boolean {
    return this.#view.hasFocus && !this.#view.state.selection.main.empty;
  }

  /** What each line produced, shown at its end. */
  annotate(lines: readonly Result[]): void {
    this.#soon(() => ({ effects: setResults.of(lines) }));
  }

  /** Which lines will never show what they produced. */
  silence(lines: readonly number[]): void {
    this.#soon(() => ({ effects: setSilent.of(lines) }));
  }

  /** What is to be read under lines. */
  remark(all: readonly Remark[]): void {
    this.#soon(() => ({ effects: remarksOf(all, this.#view) }));
  }

  /** Underlines places, with a message on hover. */
  complain(problems: readonly Problem[]): void {
    this.#soon(() => underlined(this.#view.state, problems));
  }

  /**
   * Shows it before the next frame, with all else that is shown by then: each update of the editor is a layout. What
   * the page does in answer to what has just happened is done by the microtask after the next. Under a pull it is shown
   * right after the frame in which the rest of the page follows: no picture waits for both, and the next is still far.
   */
  #soon(spec: () => TransactionSpec): void {
    this.#pending.push(spec);
    if (this.#isDue) return;
    this.#isDue = true;
    if (this.#asked !== null) requestAnimationFrame(() => setTimeout(() => this.#flush()));
    else queueMicrotask(() => queueMicrotask(() => this.#flush()));
  }

  /** Shows it together with what is shown next, but does not wait for that too long. */
  #byAndBy(spec: () => TransactionSpec): void {
    this.#pending.push(spec);
    this.#patience ??= setTimeout(() => this.#flush(), PATIENCE_MS);
  }

  #flush(): void {
    clearTimeout(this.#patience);
    this.#patience = undefined;
    this.#isDue = false;
    const pending = this.#pending;
    this.#pending = [];
    if (pending.length > 0) this.#view.dispatch(...pending.map((spec) => spec()));
  }

  /** Scrolls a place into sight, only as far as needed. */
  reveal(place: PlaceLike): void {
    const range = rangeOf(this.#view.state.doc, place);
    if (range)
      this.#view.dispatch({ effects: EditorView.scrollIntoView(range.from, { y: 'nearest', yMargin: 48 }) });
  }

  /** Scrolls to what is stood at, unless somebody writes; while it plays, nor where a hand has just been. */
  follow(place: PlaceLike, playing: boolean): void {
    const handled = playing && performance.now() - this.#handled < HANDS_OFF_MS;
    if (!this.#view.hasFocus && !handled) this.reveal(place);
  }

  /** Puts the cursor at a place, and the focus into the editor. */
  goTo(place: PlaceLike): void {
    const range = rangeOf(this.#view.state.doc, place);
    if (!range) return;
    this.#view.dispatch({
      selection: { anchor: range.from },
      effects: EditorView.scrollIntoView(range.from, { y: 'center' }),
    });
    this.#view.focus();
  }

  /** Takes the focus, with the cursor where a hand was, in the window's CSS pixels, and what it has typed since. */
  enter({ x, y }: { readonly x: number; readonly y: number }, typed: string): void {
    this.#view.dispatch({ selection: { anchor: this.#view.posAtCoords({ x, y }) ?? 0 } });
    this.#view.focus();
    if (typed !== '')
      this.#view.dispatch(this.#view.state.replaceSelection(typed), { userEvent: 'input.type' });
  }

  /** How many steps can be undone. */
  depth(): number {
    return undoDepth(this.#view.state);
  }

  undo(): void {
    undo(this.#view);
  }

  destroy(): void {
    clearTimeout(this.#patience);
    this.#pending = [];
    this.#view.destroy();
  }
}

function watch(events: EditorEvents, use: Use): Extension {
  const runs = { key: use === 'expression' ? 'Enter' : 'Mod-Enter', run: () => (events.run(), true) };
  return [
    keymap.of([runs, ...defaultKeymap, ...historyKeymap]),
    EditorView.updateListener.of((update) => {
      const theirs = update.transactions.some((each) => each.annotation(shown));
      const over = update.transactions.some((each) => each.annotation(letGo));
      if (over) events.dragged(update.state.doc.toString(), true, null);
      else if (update.docChanged && !theirs) events.edited(update.state.doc.toString(), isTakenBack(update));
      if (update.focusChanged || update.selectionSet || update.docChanged) {
        const { doc, selection } = update.state;
        events.line(update.view.hasFocus ? doc.lineAt(selection.main.head).number : null);
      }
    }),
  ];
}

/** Whether it is a step of the history, there or back. */
function isTakenBack({ transactions }: ViewUpdate): boolean {
  return transactions.some((each) => each.isUserEvent('undo') || each.isUserEvent('redo'));
}
