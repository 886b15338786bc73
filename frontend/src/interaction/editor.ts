/**
 * The program's editor: CodeMirror, set up once. In: text, marks and a problem; out: edits, runs and
 * the cursor's line. It knows nothing of documents or of the stage.
 */
import { defaultKeymap, history, historyKeymap, indentWithTab, isolateHistory } from '@codemirror/commands';
import { pythonLanguage } from '@codemirror/lang-python';
import { bracketMatching, indentOnInput, indentUnit } from '@codemirror/language';
import { Compartment, EditorState, Transaction, type Extension } from '@codemirror/state';
import { EditorView, drawSelection, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';

import type { Problem, underlined } from './assistance';
import { dragged, shown } from './changes';
import { draggableNumbers } from './dragging';
import { inks } from './inks';
import { lines } from './lines';
import { marks, setMarks, type Mark } from './marks';
import { rangeOf, type PlaceLike } from './places';
import { remarks, setRemarks, type Remark } from './remarks';
import { results, setResults, type Result } from './results';

export interface EditorEvents {
  /** The user changed the text. */
  edited(text: string): void;
  /** The user pulls at a number, or (`over`) has let go of it. */
  dragged(text: string, over: boolean): void;
  /** Ctrl or Cmd with Enter. */
  run(): void;
  /** The cursor moved to a line; null when the editor lost the focus. */
  line(line: number | null): void;
}

export class Editor {
  readonly #view: EditorView;
  readonly #assistance = new Compartment();
  #problems: readonly Problem[] = [];
  /** Null until assistance is loaded. */
  #underlined: typeof underlined | null = null;

  /** `readOnly`: a text to read, under that name, in which nothing is changed. */
  constructor(parent: HTMLElement, text: string, events: EditorEvents, readOnly: string | null = null) {
    const manner = readOnly === null ? writing() : reading(readOnly);
    const state = EditorState.create({
      doc: text,
      extensions: [this.#assistance.of([]), ...shared(), ...manner, inks, watch(events)],
    });
    this.#view = new EditorView({ parent, state });
    void this.#assist();
  }

  /** Another text, as one step that undo takes back; it does not come out again as an edit. */
  show(text: string): void {
    const { doc } = this.#view.state;
    if (doc.toString() === text) return;
    this.#view.dispatch({
      changes: { from: 0, to: doc.length, insert: text },
      selection: { anchor: 0 },
      annotations: [shown.of(true), isolateHistory.of('full'), Transaction.addToHistory.of(doc.length > 0)],
      scrollIntoView: true,
    });
  }

  mark(marks: readonly Mark[]): void {
    this.#view.dispatch({ effects: setMarks.of(marks) });
  }

  /** What each line produced, shown at its end. */
  annotate(lines: readonly Result[]): void {
    this.#view.dispatch({ effects: setResults.of(lines) });
  }

  /** What is to be read under lines. */
  remark(all: readonly Remark[]): void {
    this.#view.dispatch({ effects: setRemarks.of(all) });
  }

  /** Underlines places, with a message on hover. */
  complain(problems: readonly Problem[]): void {
    this.#problems = problems;
    if (this.#underlined) this.#view.dispatch(this.#underlined(this.#view.state, problems));
  }

  /** Scrolls a place into sight, only as far as needed. */
  reveal(place: PlaceLike): void {
    const range = rangeOf(this.#view.state.doc, place);
    if (range)
      this.#view.dispatch({ effects: EditorView.scrollIntoView(range.from, { y: 'nearest', yMargin: 48 }) });
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

  destroy(): void {
    this.#view.destroy();
  }

  async #assist(): Promise<void> {
    const { assistance, underlined } = await import('./assistance');
    this.#underlined = underlined;
    this.#view.dispatch({ effects: this.#assistance.reconfigure(assistance()) });
    this.complain(this.#problems);
  }
}

function shared(): Extension[] {
  return [
    lineNumbers(),
    drawSelection(),
    bracketMatching(),
    highlightActiveLine(),
    EditorView.lineWrapping,
    pythonLanguage,
    lines,
    marks,
    results,
    remarks,
  ];
}

function writing(): Extension[] {
  return [
    history(),
    indentOnInput(),
    indentUnit.of('    '),
    draggableNumbers(),
    EditorView.contentAttributes.of({
      tabindex: '0',
      'aria-label': 'Program',
      'aria-description': 'Press Escape and then Tab to leave the editor.',
    }),
  ];
}

function reading(name: string): Extension[] {
  const attributes = { tabindex: '0', 'aria-label': name, 'aria-readonly': 'true' };
  return [EditorState.readOnly.of(true), EditorView.contentAttributes.of(attributes)];
}

function watch(events: EditorEvents): Extension {
  const runs = { key: 'Mod-Enter', run: () => (events.run(), true) };
  return [
    keymap.of([runs, ...defaultKeymap, ...historyKeymap, indentWithTab]),
    EditorView.updateListener.of((update) => {
      const theirs = update.transactions.some((each) => each.annotation(shown));
      const pull = update.transactions.findLast((each) => each.annotation(dragged))?.annotation(dragged);
      if (pull) events.dragged(update.state.doc.toString(), pull === 'over');
      else if (update.docChanged && !theirs) events.edited(update.state.doc.toString());
      if (update.focusChanged || update.selectionSet || update.docChanged) {
        const { doc, selection } = update.state;
        events.line(update.view.hasFocus ? doc.lineAt(selection.main.head).number : null);
      }
    }),
  ];
}
