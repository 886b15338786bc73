/**
 * What an editor has beyond its text: the syntax of Python with its colours, numbers that can be pulled, completion,
 * brackets that close by themselves, and mistakes underlined.
 */
import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete';
import { pythonLanguage } from '@codemirror/lang-python';
import { bracketMatching, indentOnInput } from '@codemirror/language';
import { nextDiagnostic, setDiagnostics } from '@codemirror/lint';
import type { EditorState, Extension, TransactionSpec } from '@codemirror/state';
import { keymap } from '@codemirror/view';

import { complete, completeExpression } from './completion/source';
import { draggableNumbers } from './dragging';
import { rangeOf, type PlaceLike } from './places';
import { proseOf } from './prose';
import type { Use } from './uses';

export interface Problem {
  readonly place: PlaceLike;
  readonly severity: 'error' | 'warning' | 'info';
  readonly message: string;
}

export function assistance(use: Use): Extension {
  const read = [pythonLanguage, bracketMatching()];
  if (typeof use !== 'string') return read;
  const source = use === 'expression' ? completeExpression : complete;
  return [
    ...read,
    draggableNumbers(),
    indentOnInput(),
    closeBrackets(),
    autocompletion({ override: [source], icons: false, maxRenderedOptions: 9 }),
    keymap.of([
      ...completionKeymap,
      { key: 'Tab', run: acceptCompletion },
      ...closeBracketsKeymap,
      { key: 'F8', run: nextDiagnostic },
    ]),
  ];
}

/** What underlines the problems, and tells of them on hover. */
export function underlined(state: EditorState, problems: readonly Problem[]): TransactionSpec {
  const found = problems.flatMap(({ place, severity, message }) => {
    const range = rangeOf(state.doc, place);
    return range ? [{ ...range, severity, message, renderMessage: () => proseOf(message) }] : [];
  });
  return setDiagnostics(state, found);
}
