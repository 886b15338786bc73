/** How wide the program is, where it stands beside the stage: as the page has it, or as the reader drew it. */
import { keep, keptNumber } from './kept';

const NAME = 'program-width';
const LEAST = 280;
/** The stage keeps at least this share of the window. */
const MOST_OF_WINDOW = 0.6;

export class ProgramWidth {
  #px = $state<number | null>(keptNumber(NAME));
  readonly least = LEAST;

  /** Null: as the page has it. */
  get px(): number | null {
    return this.#px;
  }

  most(windowWidth: number): number {
    return Math.max(LEAST, Math.floor(windowWidth * MOST_OF_WINDOW));
  }

  set(px: number, windowWidth: number): void {
    this.#px = Math.round(Math.min(Math.max(px, LEAST), this.most(windowWidth)));
    keep(NAME, String(this.#px));
  }

  reset(): void {
    this.#px = null;
    keep(NAME, null);
  }
}
