/** An expression and the inputs of its free names, as they are written and slid. Runs are the program's matter. */
import type { Asked, Input } from '../api/client';
import { freeNames } from './free-names';

/** What the server is asked: names without an input are 1.0 there. */
export type Ask = Exclude<Asked, string>;
export type Inputs = Ask['inputs'];

/** How an ask came about: typed, slid or let go of, or put there as a whole. */
export type Manner = 'typed' | 'sliding' | 'slid' | 'put';

type OnAsk = (ask: Ask, manner: Manner, next: (() => void) | null) => void;

export const FIRST: Ask = { expression: 'sigmoid(w * x + b)', inputs: { w: 2, x: 0.5, b: -0.5 } };
export const WITHOUT_INPUT = 1;

export class Expression {
  #text = $state(FIRST.expression);
  #inputs = $state.raw<Inputs>(FIRST.inputs);
  readonly #names = $derived(freeNames(this.#text));
  readonly #onAsk: OnAsk;

  constructor(onAsk: OnAsk) {
    this.#onAsk = onAsk;
  }

  get text(): string {
    return this.#text;
  }
  /** The free names, in the order in which they come up. */
  get names(): readonly string[] {
    return this.#names;
  }
  /** The inputs that were given, of names that are still there. */
  get ask(): Ask {
    const given = this.#names.filter((name) => name in this.#inputs);
    const inputs = Object.fromEntries(given.map((name) => [name, this.#inputs[name] ?? WITHOUT_INPUT]));
    return { expression: this.#text, inputs };
  }

  inputOf(name: string): Input {
    return this.#inputs[name] ?? WITHOUT_INPUT;
  }

  edit(text: string): void {
    this.#text = text;
    this.#onAsk(this.ask, 'typed', null);
  }

  /** A number of the expression itself is pulled; `next` is called when another may come. */
  pull(text: string, over: boolean, next: (() => void) | null = null): void {
    this.#text = text;
    this.#onAsk(this.ask, over ? 'slid' : 'sliding', next);
  }

  give(inputs: Inputs, manner: Manner): void {
    this.#inputs = { ...this.#inputs, ...inputs };
    this.#onAsk(this.ask, manner, null);
  }

  /** Another one altogether, or the same again. */
  put(ask: Ask = this.ask): void {
    this.#text = ask.expression;
    this.#inputs = { ...this.#inputs, ...ask.inputs };
    this.#onAsk(this.ask, 'put', null);
  }
}

/** The input that a text is: a number, or lists of numbers in brackets; null for anything else. */
export function readInput(text: string): Input | null {
  try {
    const value: unknown = JSON.parse(
      text
        .trim()
        .replaceAll('−', '-')
        .replace(/(^|[[,\s-])\./g, '$10.'),
    );
    return isInput(value) ? value : null;
  } catch {
    return null;
  }
}

export function isInput(value: unknown): value is Input {
  return typeof value === 'number' ? Number.isFinite(value) : Array.isArray(value) && value.every(isInput);
}
