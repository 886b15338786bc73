/** The examples, and which of them is open. */
import { fetchExample, listExamples, type Example, type ExampleEntry } from '../api/client';

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

  async fetch(name: string): Promise<Example> {
    this.#open = await fetchExample(name);
    return this.#open;
  }
}
