/** The examples, and those of them that were seen. */
import {
  Refusal,
  Unreachable,
  fetchExample,
  listExamples,
  type Example,
  type ExampleEntry,
} from '../api/client';

export class Gallery {
  #entries = $state.raw<readonly ExampleEntry[] | null>(null);
  #seen = $state.raw<readonly Example[]>([]);

  get entries(): readonly ExampleEntry[] {
    return this.#entries ?? [];
  }
  /** Whether the server said that it has none: that of a recording runs no programs. */
  get empty(): boolean {
    return this.#entries?.length === 0;
  }

  /** The example that a text is, as it came; among those that were seen. */
  find(text: string): Example | null {
    return this.#seen.find(({ source }) => source === text) ?? null;
  }

  async load(): Promise<void> {
    this.#entries = await listExamples();
  }

  async fetch(name: string): Promise<Example> {
    const known = this.#seen.find((each) => each.name === name);
    if (known) return known;
    const example = await fetchExample(name);
    this.#seen = [...this.#seen, example];
    return example;
  }

  /** What an address says is open is seen; one that does not exist, or cannot be had now, is let go. */
  async recall(name: string): Promise<void> {
    try {
      await this.fetch(name);
    } catch (error) {
      if (!(error instanceof Refusal || error instanceof Unreachable)) throw error;
    }
  }
}
