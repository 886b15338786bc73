/** Files that a person gives the page: read, told apart, and handed on. What cannot be opened leaves all as it was. */
import { Busy, Refusal, Unreachable, type Document } from '../api/client';
import { readDocument } from './document';
import { Unreadable } from './unreadable';

/** Failures that are told on the page. */
const TOLD = [Unreadable, Refusal, Busy, Unreachable];
/** Beyond this a file is not read; notebooks carry pictures. */
const MOST_BYTES = 64 * 2 ** 20;
const MOST_BYTES_RECORDED = 512 * 2 ** 20;
const MOST_CHARACTERS = 2 ** 20;

export class Opening {
  #problem = $state<string | null>(null);
  #opened = $state.raw<{ readonly name: string; readonly text: string } | null>(null);
  readonly #onProgram: (text: string) => void;
  readonly #onDocument: (document: Document, name: string) => void;

  constructor(onProgram: (text: string) => void, onDocument: (document: Document, name: string) => void) {
    this.#onProgram = onProgram;
    this.#onDocument = onDocument;
  }

  /** Why the last file could not be opened, until it is dismissed or another one is opened. */
  get problem(): string | null {
    return this.#problem;
  }

  /** The name of the file that a program came from, as long as it is left as it came. */
  nameOf(text: string): string | null {
    return this.#opened?.text === text ? this.#opened.name : null;
  }

  dismiss(): void {
    this.#problem = null;
  }

  async open(file: File): Promise<void> {
    await this.receive(file.name, async () => {
      if (/\.json$/i.test(file.name)) {
        this.#onDocument(await readDocument(await textOf(file, MOST_BYTES_RECORDED)), file.name);
        return;
      }
      const text = await readProgram(file);
      this.#opened = { name: file.name, text };
      this.#onProgram(text);
    });
  }

  /** Opens by other ways what is called `name`: what `open` throws is told as a problem. */
  async receive(name: string, open: () => Promise<void>): Promise<void> {
    this.#problem = null;
    try {
      await open();
    } catch (error) {
      if (!TOLD.some((kind) => error instanceof kind)) throw error;
      this.#problem = `${name} was not opened. ${(error as Error).message}`;
    }
  }
}

async function readProgram(file: File): Promise<string> {
  const kind = /\.(ipynb|py)$/i.exec(file.name)?.[1]?.toLowerCase();
  if (kind === undefined)
    throw new Unreadable('Notebooks (.ipynb), programs (.py) and recordings (.json) can be opened here.');
  const text = await textOf(file, MOST_BYTES);
  const program = kind === 'ipynb' ? await notebookIn(text) : text.replace(/\r\n?/g, '\n');
  if (program.length > MOST_CHARACTERS) throw new Unreadable('Its code is longer than a million characters.');
  return program;
}

/** Most readers never open one: how it is read is loaded with the first. */
async function notebookIn(text: string): Promise<string> {
  const { programOf } = await import('./notebook');
  return programOf(valueOf(text));
}

async function textOf(file: File, mostBytes: number): Promise<string> {
  if (file.size > mostBytes) throw new Unreadable(`It is larger than ${mostBytes / 2 ** 20} MB.`);
  let bytes: ArrayBuffer;
  try {
    bytes = await file.arrayBuffer();
  } catch (error) {
    throw new Unreadable('The browser could not read it: a folder, or a file that is gone.', {
      cause: error,
    });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new Unreadable('It is not text in UTF-8.', { cause: error });
  }
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new Unreadable('This is no notebook: its text is not JSON.', { cause: error });
  }
}
