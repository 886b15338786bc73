/** A Document that was opened as it is, to be played and read: where it came from, and which of its files is shown. */
import type { Document } from '../api/client';

export interface Origin {
  /** What to call it: a file's name, say. */
  readonly name: string;
  /** Where on this server it can be had again; null where it came by other ways. */
  readonly address: string | null;
}

export class Recorded {
  readonly name: string;
  readonly address: string | null;
  readonly document: Document;
  #file = $state(0);

  constructor(document: Document, { name, address }: Origin) {
    this.document = document;
    this.name = name;
    this.address = address;
  }

  /** Which of the document's sources is shown. */
  get file(): number {
    return this.#file;
  }
  /** Its text. */
  get text(): string {
    return this.document.sources[this.#file]?.text ?? this.document.source;
  }

  show(file: number): void {
    if (file in this.document.sources) this.#file = file;
  }
}
