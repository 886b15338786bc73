/**
 * What helps with writing and is not needed for the first picture, so that it is loaded after it: completion, brackets
 * that close by themselves, and the underlining of mistakes.
 */
import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete';
import { nextDiagnostic, setDiagnostics } from '@codemirror/lint';
import type { EditorState, Extension, TransactionSpec } from '@codemirror/state';
import { keymap } from '@codemirror/view';

import { complete, completeExpression } from './completion/source';
import { rangeOf, type PlaceLike } from './places';
import type { Use } from './uses';

export interface Problem {
  readonly place: PlaceLike;
  readonly severity: 'error' | 'warning' | 'info';
  readonly message: string;
}

export function assistance(use: Use): Extension {
  const source = use === 'expression' ? completeExpression : complete;
  return [
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
    return range ? [{ ...range, severity, message }] : [];
  });
  return setDiagnostics(state, found);
}
