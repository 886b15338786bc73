/** What became of the program's objective since a number was taken hold of: "loss 0.913 → 0.0101". */
import { objectiveOf, type Model, type Objective } from '../model';

export interface Effect {
  readonly before: Objective;
  readonly now: Objective;
}

export class Pulling {
  #held = false;
  #before: Objective | null = null;
  #now = $state.raw<Objective | null>(null);
  #effect = $state.raw<Effect | null>(null);
  #takeBack: (() => void) | null = null;

  /** Null where no number was pulled since the program was written, or nothing came of it yet. */
  get effect(): Effect | null {
    return this.#effect;
  }

  /** A number is pulled, or (`over`) was let go of; a nudge is a pull of its own. */
  pull(over: boolean): void {
    if (!this.#held) this.#before = this.#now;
    this.#held = !over;
  }

  /** How the last pull is taken back: by the program's own history, of which it is one step. */
  takenBackBy(takeBack: () => void): void {
    this.#takeBack = takeBack;
  }

  undo(): void {
    this.#takeBack?.();
  }

  /** What the program has given now; `pulled`: after a pull, else after another change. */
  see(model: Model, pulled: boolean): void {
    const now = objectiveOf(model);
    const before = pulled ? this.#before : null;
    this.#now = now;
    const changed = before !== null && now?.name === before.name && now.value.scalar !== before.value.scalar;
    this.#effect = changed ? { before, now } : null;
  }
}
