/** How the program looks: the page's own tokens, so that both themes come from one place. */
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const highlight = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.controlKeyword, tags.moduleKeyword], fontWeight: '600' },
  { tag: [tags.comment, tags.docComment], color: 'var(--ink-faint)', fontStyle: 'italic' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--code-number)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--code-string)' },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], color: 'var(--ink)' },
  { tag: [tags.operator, tags.punctuation], color: 'var(--ink-soft)' },
]);

const looks = EditorView.theme({
  '&': { height: '100%', color: 'var(--ink)', backgroundColor: 'transparent', fontSize: '13px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '24px', fontVariantLigatures: 'none' },
  '.cm-content': { padding: '8px 0 48px', caretColor: 'var(--ink)' },
  '.cm-line': { padding: '0 16px 0 8px' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--ink-faint)', border: 'none' },
  '.cm-lineNumbers .cm-gutterElement': { minWidth: '40px', padding: '0 8px 0 0' },
  '.cm-activeLine': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-activeLine': { backgroundColor: 'var(--active-line)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)', borderLeftWidth: '2px' },
  '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
    backgroundColor: 'var(--selected-text)',
  },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': {
    backgroundColor: 'transparent',
    outline: '1px solid var(--line-strong)',
  },
  '.cm-mark': { borderRadius: '3px', transition: 'background-color 120ms, box-shadow 120ms' },
  '.cm-mark-forward': { backgroundColor: 'var(--forward-soft)', boxShadow: '0 0 0 1px var(--forward)' },
  '.cm-mark-backward': { backgroundColor: 'var(--backward-soft)', boxShadow: '0 0 0 1px var(--backward)' },
  '.cm-mark-update': { boxShadow: '0 0 0 1px var(--update)' },
  '.cm-mark-other': { boxShadow: '0 0 0 1px var(--line-strong)' },
  '.cm-mark-chosen': { boxShadow: 'inset 0 -2px 0 0 var(--focus)' },
  '.cm-pull': { cursor: 'ew-resize', touchAction: 'pan-y', borderRadius: '3px' },
  '.cm-pull:hover': { boxShadow: '0 1px 0 0 var(--code-number)' },
  '&.cm-pulling, &.cm-pulling .cm-content, &.cm-pulling .cm-line': { cursor: 'ew-resize' },
  '&.cm-pulling .cm-selectionLayer': { visibility: 'hidden' },
  '.cm-result': {
    color: 'var(--ink-faint)',
    paddingLeft: '24px',
    fontSize: '12px',
    userSelect: 'none',
    whiteSpace: 'nowrap',
  },
  '.cm-tooltip': {
    border: '1px solid var(--line)',
    borderRadius: '6px',
    backgroundColor: 'var(--surface)',
    color: 'var(--ink)',
    fontFamily: 'var(--text)',
    maxWidth: '480px',
  },
  '.cm-diagnostic': { borderLeft: 'none', padding: '8px 12px' },
});

export const inks: Extension = [looks, syntaxHighlighting(highlight)];
