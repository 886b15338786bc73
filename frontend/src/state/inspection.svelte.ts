/** How the inspector is looked at; the same from one selection to the next. */

export const PICTURES = ['heatmap', 'histogram', 'table'] as const;
export type Picture = (typeof PICTURES)[number];

/** The first row and column of a table that is turned page by page. */
export interface Corner {
  readonly row: number;
  readonly column: number;
}

export class Inspection {
  #tab = $state('summary');
  #picture = $state<Picture>('heatmap');
  #element = $state<number | null>(null);
  #corner = $state.raw<Corner>({ row: 0, column: 0 });

  /** The id of the tab that was chosen last. */
  get tab(): string {
    return this.#tab;
  }
  get picture(): Picture {
    return this.#picture;
  }
  /** The element that is pointed at, in value and gradient alike: its index, row by row. */
  get element(): number | null {
    return this.#element;
  }
  get corner(): Corner {
    return this.#corner;
  }

  chooseTab(tab: string): void {
    this.#tab = tab;
  }
  choosePicture(picture: Picture): void {
    this.#picture = picture;
  }
  pointAt(element: number | null): void {
    this.#element = element;
  }
  turnTo(corner: Corner): void {
    this.#corner = corner;
  }
}
