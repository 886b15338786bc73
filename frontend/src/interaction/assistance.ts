/**
 * What an editor has beyond its text: the syntax of Python with its colours, numbers that can be pulled, completion,
 * brackets that close by themselves, and mistakes underlined. Errors stand beside the text, and are not told on hover too.
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
import { linter, nextDiagnostic, setDiagnostics, type Diagnostic } from '@codemirror/lint';
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
  const told = linter(null, { tooltipFilter: withoutErrors });
  if (typeof use !== 'string') return [...read, told];
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
    told,
  ];
}

/** Where none are left, the tooltip is empty, and hidden. */
function withoutErrors(problems: readonly Diagnostic[]): Diagnostic[] {
  return problems.filter(({ severity }) => severity !== 'error');
}

/** What underlines the problems, and tells on hover of those that are no errors. */
export function underlined(state: EditorState, problems: readonly Problem[]): TransactionSpec {
  const found = problems.flatMap(({ place, severity, message }) => {
    const range = rangeOf(state.doc, place);
    return range ? [{ ...range, severity, message, renderMessage: () => proseOf(message) }] : [];
  });
  return setDiagnostics(state, found);
}
