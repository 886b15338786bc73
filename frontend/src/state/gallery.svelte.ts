/** The examples, and which of them is open. */
import {
  Refusal,
  Unreachable,
  fetchExample,
  listExamples,
  type Example,
  type ExampleEntry,
} from '../api/client';

export class Gallery {
  #entries = $state.raw<readonly ExampleEntry[]>([]);
  #open = $state.raw<Example | null>(null);

  get entries(): readonly ExampleEntry[] {
    return this.#entries;
  }
  /** The example that was opened last; the program may have been edited since. */
  get open(): Example | null {
    return this.#open;
  }

  async load(): Promise<void> {
    this.#entries = await listExamples();
  }

  choose(example: Example): void {
    this.#open = example;
  }

  /** What an address says is open; one that does not exist, or cannot be had now, is let go. */
  async recall(name: string): Promise<void> {
    if (this.#open?.name === name) return;
    try {
      this.choose(await fetchExample(name));
    } catch (error) {
      if (!(error instanceof Refusal || error instanceof Unreachable)) throw error;
    }
  }
}
