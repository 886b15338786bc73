/** Which way data flows on the stage: as is best there, until the reader turns it; then as they want, remembered. */
import type { Direction } from '../layout';
import { keep, kept } from './kept';

const NAME = 'direction';

export class DirectionChoice {
  #best = $state<Direction>('down');
  #chosen = $state<Direction | null>(null);

  constructor() {
    const stored = kept(NAME);
    if (stored === 'down' || stored === 'right') this.#chosen = stored;
  }

  get direction(): Direction {
    return this.#chosen ?? this.#best;
  }
  /** Whether the page decides. */
  get free(): boolean {
    return this.#chosen === null;
  }

  /** What is best on the stage as it is. */
  settle(best: Direction): void {
    this.#best = best;
  }

  /** The other one from now on; the best one again where that is the same. */
  toggle(): void {
    const next = opposite(this.direction);
    this.#chosen = next === this.#best ? null : next;
    keep(NAME, this.#chosen);
  }
}

export function opposite(direction: Direction): Direction {
  return direction === 'down' ? 'right' : 'down';
}
