/**
 * How lines are set: one that is too long goes on further in than it began, so that it reads as one, and a line of
 * `# %%` between statements heads a cell.
 */
import { syntaxTree } from '@codemirror/language';
import type { EditorState, Line } from '@codemirror/state';
import {
  Decoration,
  ViewPlugin,
  type DecorationSet,
  type EditorView,
  type ViewUpdate,
} from '@codemirror/view';

import { furtherOf, isProse } from './rows';

const HEAD = /^#\s*%%/;

class Lines {
  decorations: DecorationSet;

  constructor(view: EditorView) {
    this.decorations = decorate(view);
  }

  update(update: ViewUpdate): void {
    const parsed = syntaxTree(update.state) !== syntaxTree(update.startState);
    if (update.docChanged || update.viewportChanged || parsed) this.decorations = decorate(update.view);
  }
}

export const lines = ViewPlugin.fromClass(Lines, { decorations: (plugin) => plugin.decorations });

function decorate({ state, visibleRanges }: EditorView): DecorationSet {
  const found = visibleRanges.flatMap(({ from, to }) => {
    const all: Line[] = [];
    for (let line = state.doc.lineAt(from); ; line = state.doc.line(line.number + 1)) {
      all.push(line);
      if (line.to >= to || line.number === state.doc.lines) return all;
    }
  });
  return Decoration.set(found.map((line) => decorationOf(state, line).range(line.from)));
}

function decorationOf(state: EditorState, line: Line): Decoration {
  const classes = [
    isProse(line.text) ? 'cm-prose' : '',
    HEAD.test(line.text) && isHead(state, line) ? 'cm-cell' : '',
  ];
  return Decoration.line({
    class: classes.filter(Boolean).join(' '),
    attributes: { style: `--further: ${String(furtherOf(line.text))}ch` },
  });
}

/** A comment that stands between statements, not in a string, a bracket or a block. */
function isHead(state: EditorState, line: Line): boolean {
  const { name, parent } = syntaxTree(state).resolveInner(line.from, 1);
  return line.number > 1 && name === 'Comment' && parent?.name === 'Script';
}
