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
  /** How many pulls there were since what is before: those that came faster than answers are one. */
  #steps = 0;
  #answered = true;

  /** Null where no number was pulled since the program was written, or nothing came of it yet. */
  get effect(): Effect | null {
    return this.#effect;
  }

  /** A number is pulled, or (`over`) was let go of; a nudge is a pull of its own. */
  pull(over: boolean): void {
    if (!this.#held) {
      if (this.#answered) [this.#before, this.#steps] = [this.#now, 0];
      this.#answered = false;
      this.#steps++;
    }
    this.#held = !over;
  }

  /** How a pull is taken back: by the program's own history, of which it is one step. */
  takenBackBy(takeBack: () => void): void {
    this.#takeBack = takeBack;
  }

  /** Back to what is told as before. */
  undo(): void {
    this.#effect = null;
    for (; this.#steps > 0; this.#steps--) this.#takeBack?.();
  }

  /** What the program has given now; `pulled`: after a pull, else after another change. */
  see(model: Model, pulled: boolean): void {
    const now = objectiveOf(model);
    const before = pulled ? this.#before : null;
    this.#now = now;
    this.#answered = true;
    const changed = before !== null && now?.name === before.name && now.value.scalar !== before.value.scalar;
    this.#effect = changed ? { before, now } : null;
  }
}
