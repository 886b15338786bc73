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
  // A finger that moves sideways pulls at a number, and at nothing else: lines wrap. (Touch passes by what is inline.)
  '.cm-content': { padding: '8px 0 48px', caretColor: 'var(--ink)', touchAction: 'pan-y pinch-zoom' },
  // The first row begins as far out as the line does; --further is where it goes on. On the right is room for a result.
  '.cm-line': {
    position: 'relative',
    padding: '0 80px 0 calc(8px + var(--further, 0ch))',
    textIndent: 'calc(0px - var(--further, 0ch))',
  },
  '.cm-line:is(.cm-prose, .cm-silent)': { paddingRight: '16px' },
  '.cm-line.cm-cell::before': {
    content: '""',
    position: 'absolute',
    inset: '-1px 0 auto 0',
    borderTop: '1px solid var(--line)',
  },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--ink-faint)', border: 'none' },
  '.cm-lineNumbers .cm-gutterElement': { minWidth: '32px', padding: '0 4px 0 12px' },
  '.cm-activeLine': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-activeLine': { backgroundColor: 'var(--active-line)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)', borderLeftWidth: '2px' },
  '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
    backgroundColor: 'var(--selected-text)',
  },
  '&.cm-focused .cm-matchingBracket': {
    backgroundColor: 'transparent',
    outline: '1px solid var(--line-strong)',
  },
  '.cm-mark': { borderRadius: '3px', transition: 'background-color 120ms, box-shadow 120ms' },
  '.cm-mark-forward': { backgroundColor: 'var(--forward-soft)', boxShadow: '0 0 0 1px var(--forward)' },
  '.cm-mark-backward': { backgroundColor: 'var(--backward-soft)', boxShadow: '0 0 0 1px var(--backward)' },
  '.cm-mark-update': { boxShadow: '0 0 0 1px var(--update)' },
  '.cm-mark-other': { boxShadow: '0 0 0 1px var(--line-strong)' },
  '.cm-mark-chosen': { boxShadow: 'inset 0 -2px 0 0 var(--focus)' },
  '.cm-pull': { cursor: 'ew-resize', borderRadius: '3px' },
  // That a number can be pulled is to be seen at rest: faintly, and clearly in the line that is played.
  '.cm-pull, .cm-pull *': {
    textDecoration: 'underline dotted 1px',
    textDecorationColor: 'color-mix(in srgb, var(--code-number) 50%, transparent)',
    textUnderlineOffset: '3px',
  },
  '.cm-line:has(.cm-mark) .cm-pull': { textDecorationColor: 'var(--code-number)' },
  '.cm-pull:hover': { textDecoration: 'underline solid 2px var(--code-number)' },
  '&.cm-pulling, &.cm-pulling .cm-content, &.cm-pulling .cm-line': { cursor: 'ew-resize' },
  '&.cm-pulling .cm-selectionLayer': { visibility: 'hidden' },
  '.cm-result': {
    position: 'absolute',
    right: '12px',
    bottom: '0',
    display: 'flex',
    flexDirection: 'row-reverse',
    gap: '12px',
    height: '1lh',
    maxWidth: 'calc(var(--room, 80px) - 12px)',
    overflow: 'hidden',
    color: 'var(--ink-faint)',
    fontSize: '12px',
    fontWeight: '400',
    textIndent: '0',
    userSelect: 'none',
    whiteSpace: 'pre',
  },
  '.cm-result > [hidden]': { display: 'none' },
  '.cm-result > *': { overflow: 'hidden', textOverflow: 'ellipsis' },
  '.cm-result > .cm-result-value': { order: '1' },
  '.cm-result-value .cm-result-value::before': { content: '"= "' },
  '.cm-result-print .cm-result-value::before': { content: '"› "' },
  '.cm-result-value .cm-result-value.cm-rounded::before': { content: '"≈ "' },
  '.cm-result-gradient::before': { content: '"∂ "' },
  '.cm-result-gradient.cm-rounded::before': { content: '"∂≈"' },
  // Distances are paddings: the editor does not see the margins of what stands between lines.
  '.cm-remark': {
    padding: '2px 12px 4px 8px',
    fontFamily: 'var(--text)',
    lineHeight: '20px',
    overflowWrap: 'anywhere',
    whiteSpace: 'pre-wrap',
    userSelect: 'text',
  },
  '.cm-remark > *': { padding: '0 8px', borderLeft: '2px solid var(--problem)', color: 'var(--problem)' },
  '.cm-remark-output': { padding: '4px 12px 12px 8px' },
  '.cm-remark-output > *': {
    maxHeight: '128px',
    padding: '4px 8px',
    overflowY: 'auto',
    borderColor: 'var(--line-strong)',
    backgroundColor: 'var(--surface-sunk)',
    color: 'var(--ink-soft)',
    fontFamily: 'var(--mono)',
    fontSize: '12px',
  },
  '.cm-tooltip': {
    border: '1px solid var(--line)',
    borderRadius: '6px',
    backgroundColor: 'var(--surface)',
    color: 'var(--ink)',
    fontFamily: 'var(--text)',
    maxWidth: '480px',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': {
    fontFamily: 'var(--mono)',
    fontSize: '12px',
    maxHeight: 'none',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': {
    display: 'flex',
    gap: '12px',
    maxWidth: '440px',
    padding: '0 12px',
    lineHeight: '24px',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--selected-text)',
    color: 'var(--ink)',
  },
  '.cm-tooltip-autocomplete li[aria-selected] .cm-completionDetail': { color: 'var(--ink)' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700' },
  '.cm-completionLabel': { flex: 'none' },
  '.cm-completionDetail': {
    margin: '0',
    overflow: 'hidden',
    color: 'var(--ink-soft)',
    fontStyle: 'normal',
    textOverflow: 'ellipsis',
  },
  '.cm-tooltip.cm-completionInfo': { padding: '8px 12px', maxWidth: '280px' },
  '.cm-tooltip:has(> .cm-tooltip-lint:empty)': { display: 'none' },
  '.cm-diagnostic': { borderLeft: 'none', padding: '8px 12px' },
});

export const inks: Extension = [looks, syntaxHighlighting(highlight)];
