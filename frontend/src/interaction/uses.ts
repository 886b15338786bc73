/**
 * How an editor shows and takes its text, by what it is for: a program, an expression on one line, or a text to be read.
 * What helps with writing it is `assistance`.
 */
import { history, indentWithTab } from '@codemirror/commands';
import { indentUnit } from '@codemirror/language';
import { EditorState, Prec, type ChangeSpec, type Extension, type Text } from '@codemirror/state';
import { EditorView, drawSelection, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';

import { lines } from './lines';
import { marks } from './marks';
import { remarks } from './remarks';
import { results } from './results';

/** `reading`: under that name, and nothing is changed in it. */
export type Use = 'program' | 'expression' | { readonly reading: string };

export function setUpFor(use: Use): Extension[] {
  const own = use === 'program' ? program() : use === 'expression' ? expression() : reading(use.reading);
  return [drawSelection(), EditorView.lineWrapping, marks, ...own];
}

const LEAVING = 'Press Escape and then Tab to leave the editor.';
const NUDGING = 'Control, Alt and the arrows up and down change the number at the cursor.';

function program(): Extension[] {
  return [
    ...manyLines(),
    history(),
    indentUnit.of('    '),
    named('Program', { 'aria-description': `${LEAVING} ${NUDGING}` }),
    Prec.low(keymap.of([indentWithTab])),
  ];
}

function expression(): Extension[] {
  return [
    history(),
    // What is pasted over several lines goes on, on the one.
    EditorState.transactionFilter.of((transaction) =>
      transaction.newDoc.lines === 1
        ? transaction
        : [transaction, { changes: joined(transaction.newDoc), sequential: true }],
    ),
    named('Expression', { 'aria-description': 'One expression, such as sin(x**2). Enter runs it.' }),
  ];
}

function reading(name: string): Extension[] {
  return [...manyLines(), EditorState.readOnly.of(true), named(name, { 'aria-readonly': 'true' })];
}

function manyLines(): Extension[] {
  return [lineNumbers(), highlightActiveLine(), lines, results, remarks];
}

function named(label: string, more: Readonly<Record<string, string>>): Extension {
  return EditorView.contentAttributes.of({ tabindex: '0', 'aria-label': label, ...more });
}

function joined(text: Text): ChangeSpec[] {
  return Array.from({ length: text.lines - 1 }, (_, i) => {
    const { to } = text.line(i + 1);
    return { from: to, to: to + 1, insert: ' ' };
  });
}
