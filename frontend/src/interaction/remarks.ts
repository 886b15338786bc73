/** What is to be read between lines: under a line the error that it raised, under a cell what it put out. */
import { StateEffect, type Extension } from '@codemirror/state';
import { Decoration, WidgetType, type EditorView } from '@codemirror/view';

import { layerOf } from './layers';
import { proseOf } from './prose';

export interface Remark {
  /** The line that it stands under. */
  readonly line: number;
  readonly kind: 'error' | 'output';
  readonly text: string;
}

interface Sized extends Remark {
  /** CSS pixels that one of its kind takes under this line now; -1 where there is none. */
  readonly height: number;
}

const setRemarks = StateEffect.define<readonly Sized[]>();

/**
 * Has these stand between the lines in place of those that do. The editor takes a new one to be as high as that which
 * it follows, until it has looked: all below would move to and fro otherwise, at each number that is pulled.
 */
export function remarksOf(all: readonly Remark[], view: EditorView): StateEffect<readonly Sized[]> {
  return setRemarks.of(all.map((each) => ({ ...each, height: heightUnder(each, view) })));
}

function heightUnder({ line, kind }: Remark, view: EditorView): number {
  const { doc } = view.state;
  if (line < 1 || line > doc.lines) return -1;
  const { type } = view.lineBlockAt(doc.line(line).from);
  const blocks = Array.isArray(type) ? type : [];
  const under = blocks.find(({ widget }) => widget instanceof RemarkWidget && widget.remark.kind === kind);
  return under?.height ?? -1;
}

export const remarks: Extension = layerOf(setRemarks, (all, text) =>
  all
    .filter(({ line }) => line >= 1 && line <= text.lines)
    .map((each) =>
      Decoration.widget({
        widget: new RemarkWidget(each),
        block: true,
        side: each.kind === 'error' ? 1 : 2,
      }).range(text.line(each.line).to),
    ),
);

class RemarkWidget extends WidgetType {
  constructor(readonly remark: Sized) {
    super();
  }

  override get estimatedHeight(): number {
    return this.remark.height;
  }

  override eq({ remark }: RemarkWidget): boolean {
    return remark.kind === this.remark.kind && remark.text === this.remark.text;
  }

  override toDOM(): HTMLElement {
    const element = document.createElement('div');
    element.append(document.createElement('div'));
    this.updateDOM(element);
    return element;
  }

  override updateDOM(element: HTMLElement): boolean {
    const { kind, text } = this.remark;
    const name = `cm-remark cm-remark-${kind}`;
    if (element.className !== name) element.className = name;
    element.firstElementChild?.replaceChildren(kind === 'error' ? proseOf(text) : text);
    return true;
  }

  /** Clicks and selections in it are the browser's own, so that an error can be copied. */
  override ignoreEvent(): boolean {
    return true;
  }
}
