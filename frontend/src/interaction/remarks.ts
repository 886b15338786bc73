/** What is to be read between lines: under a line the error that it raised, under a cell what it put out. */
import { StateEffect, type Extension } from '@codemirror/state';
import { Decoration, WidgetType } from '@codemirror/view';

import { layerOf } from './layers';

export interface Remark {
  /** The line that it stands under. */
  readonly line: number;
  readonly kind: 'error' | 'output';
  readonly text: string;
}

export const setRemarks = StateEffect.define<readonly Remark[]>();

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
  constructor(readonly remark: Remark) {
    super();
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
    element.className = `cm-remark cm-remark-${this.remark.kind}`;
    if (element.firstElementChild) element.firstElementChild.textContent = this.remark.text;
    return true;
  }

  /** Clicks and selections in it are the browser's own, so that an error can be copied. */
  override ignoreEvent(): boolean {
    return true;
  }
}
