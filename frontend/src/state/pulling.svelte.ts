/** What became of the program's objective since a number was taken hold of: "loss 0.913 → 0.0101". */
import { objectiveOf, type Model, type Objective } from '../model';

export interface Effect {
  readonly before: Objective;
  readonly now: Objective;
}

/** The history of the program's text. */
export interface Past {
  /** How many steps it has. */
  depth(): number;
  undo(): void;
}

export class Pulling {
  #held = false;
  #before: Objective | null = null;
  #now = $state.raw<Objective | null>(null);
  #effect = $state.raw<Effect | null>(null);
  #past: Past | null = null;
  /** The history's depth at what is before: pulls that came faster than answers are taken back as one. */
  #depth = 0;
  #answered = true;

  /** Null where no number was pulled since the program was written, or nothing came of it yet. */
  get effect(): Effect | null {
    return this.#effect;
  }

  /** A number is pulled, or (`over`) was let go of; a nudge is a pull of its own, and written by now. */
  pull(over: boolean): void {
    if (!this.#held && this.#answered) {
      [this.#before, this.#depth] = [this.#now, (this.#past?.depth() ?? 0) - Number(over)];
      this.#answered = false;
    }
    this.#held = !over;
  }

  /** What is typed has no answer yet: what follows is told, and taken back, from the one after it. */
  write(): void {
    this.#before = null;
    this.#answered = false;
  }

  /** How a pull is taken back: by the program's own history, of which it is one step at most. */
  takenBackBy(past: Past): void {
    this.#past = past;
  }

  /** Back to what is told as before. */
  undo(): void {
    this.#effect = null;
    for (let more = (this.#past?.depth() ?? 0) - this.#depth; more > 0; more--) this.#past?.undo();
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
