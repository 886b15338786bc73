/**
 * The program, or the expression that takes its place, and its latest run.
 *
 *            edit, run             answer, cancel
 *   ready ─────────────► running ─────────────────► ready | refused | cancelled | busy | unreachable
 *     ▲                    │  ▲                                                    │
 *     └────────────────────┘  └───────────── a newer run, or the retry ────────────┘
 *
 * At most one request is in flight: a newer one takes the older back, and a late answer is dropped. Only while a
 * number is pulled does each run come to its end, and the next is of the text as it is then: the picture follows. It
 * is on its way before the answer is looked at, so that server and page work at the same time; and the picture does not
 * wait for what is to be read beside it.
 */
import {
  Busy,
  Refusal,
  Unreachable,
  beginSeries,
  trace,
  type Asked,
  type Document,
  type Series,
} from '../api/client';
import { Reading } from './reading';

const PAUSE_IN_TYPING_MS = 150;
const RETRY_MS = 3000;
/** An answer usually comes sooner than one could read that it is awaited. */
const NOTICED_MS = 400;
/** A pull whose share is used up asks somewhat less often than it may, and where that was too often still, less again. */
const [SLACK, SLOWER] = [1.1, 1.5];
/** What leaves the picture behind the text. */
const LOST: readonly RunStatus[] = ['busy', 'unreachable'];

/** Whom a program's runs are for. */
export interface Audience {
  /** What a run left behind. */
  tell(document: Document): void;
  /** The same ahead of that, while a number is pulled: draws it, where it is the same picture with other numbers. */
  draw(document: Document): boolean;
}

export type RunStatus = 'running' | 'ready' | 'refused' | 'cancelled' | 'busy' | 'unreachable';

export class Program {
  /** What has been answered waits for this: a picture needs the widths of its texts. */
  drawable: Promise<unknown> = Promise.resolve();
  #text = $state('');
  #expression = $state.raw<Exclude<Asked, string> | null>(null);
  /** What the document is of. */
  #answered = $state.raw<Asked | null>(null);
  #status = $state<RunStatus>('running');
  #slow = $state(false);
  /** Whether the last answer was so long in coming that under a pull it is of what nobody asks for any more. */
  #lags = $state(false);
  #runs = $state(0);
  #dragging = $state(false);
  #pulled = false;
  /** Whether the last change took one of these back, or put it there again. */
  #returned = false;
  /** The runs of a pull are a series; what it ends with is run once more by itself. */
  #series: Series | null = null;
  /** Whether the last run that began was one of a series. */
  #inSeries = false;
  /** Whether the text has moved on since the run in flight began. */
  #behind = false;
  /** Milliseconds from one run of a pull to the next, once the server said how many it takes. */
  #spacing = 0;
  /** When the last run began. */
  #begun = 0;
  /** Who pulls, and waits to be told that there is room for another run. */
  #next: (() => void) | null = null;
  #document = $state.raw<Document | null>(null);
  /** Whether a run was refused or taken back since the one that the document is of. */
  #overtaken = $state(false);
  #refusal = $state.raw<Refusal | null>(null);
  #refusedFor = $state.raw<Asked | null>(null);
  #inFlight: AbortController | null = null;
  #again: (() => Promise<void>) | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #noticed: ReturnType<typeof setTimeout> | undefined;
  readonly #audience: Audience;
  /** What is drawn already, and to be told. */
  readonly #reading = new Reading<{ document: Document; asked: Asked }>((drawn) => this.#tell(drawn));

  constructor(audience: Audience) {
    this.#audience = audience;
  }

  /** The program; it is kept while an expression takes its place. */
  get text(): string {
    return this.#text;
  }
  get expression(): Exclude<Asked, string> | null {
    return this.#expression;
  }
  get status(): RunStatus {
    return this.#status;
  }
  /** Whether the answer has been awaited for so long that a reader notices. */
  get slow(): boolean {
    return this.#slow;
  }
  /** How many runs began. */
  get runs(): number {
    return this.#runs;
  }
  /** What the last run that was answered left behind; kept while a newer one is refused or under way. */
  get document(): Document | null {
    return this.#document;
  }
  get refusal(): Refusal | null {
    return this.#refusal;
  }
  /** Whether the document is of what stands there, so that places fit; all but fit, under a pull that it keeps up with. */
  get fresh(): boolean {
    const follows = this.#dragging && !this.#slow && !this.#lags && !LOST.includes(this.#status);
    return this.#document !== null && (follows || this.#answered === this.#asked);
  }

  /** Whether a later program was left without a picture since the document's; slips in typing apart. */
  get stale(): boolean {
    return this.#overtaken && !this.fresh;
  }

  /** Whether the refusal is of what stands there, so that its place fits. */
  get refused(): boolean {
    return this.#refusal !== null && this.#refusedFor === this.#asked;
  }

  /** Whether a number is being pulled. */
  get dragging(): boolean {
    return this.#dragging;
  }

  /** Whether the last change was to a number that was pulled or nudged. */
  get pulled(): boolean {
    return this.#pulled;
  }

  /** Whether the last change was that, or took it back: the reader looks on. */
  get goesOn(): boolean {
    return this.#pulled || this.#returned;
  }

  /** A frame is about to draw what was answered. */
  drawn(): void {
    this.#reading.drawn();
  }

  /** A keystroke, or a step of the history: runs when the typing pauses. */
  edit(asked: Asked, takenBack = false): void {
    this.#returned = takenBack && this.goesOn;
    this.#pulled = false;
    this.#endSeries();
    this.#write(asked);
    this.#later(PAUSE_IN_TYPING_MS);
  }

  /** A number is pulled, or (`over`) was let go of: runs as fast as the answers come. `next` is called at each of them. */
  drag(asked: Asked, over: boolean, next: (() => void) | null = null): void {
    const already = this.#dragging;
    if (over) this.#reading.flush();
    this.#dragging = !over;
    this.#pulled = true;
    if (over) this.#endSeries();
    else this.#series ??= beginSeries();
    if (same(asked, this.#asked) && !(over && this.#inSeries)) return;
    this.#next = next;
    this.#write(asked);
    if (already && this.#inFlight) this.#behind = true;
    else this.#runInTurn();
  }

  /** Another program altogether: runs at once. */
  open(asked: Asked): Promise<void> {
    this.#reading.drop();
    this.#dragging = this.#pulled = this.#returned = false;
    this.#endSeries();
    this.#write(asked);
    return this.run();
  }

  /** A document that is there already, of a program that does not run here: nothing is asked of the server. */
  adopt(document: Document): void {
    this.#reading.drop();
    clearTimeout(this.#timer);
    this.#inFlight?.abort();
    this.#settle();
    this.#again = null;
    this.#behind = false;
    this.#dragging = this.#pulled = this.#returned = false;
    this.#endSeries();
    this.#write(document.source);
    this.#succeed(document, document.source);
  }

  async run(): Promise<void> {
    clearTimeout(this.#timer);
    this.#again = null;
    this.#behind = false;
    this.#inFlight?.abort();
    const request = new AbortController();
    this.#inFlight = request;
    this.#status = 'running';
    this.#runs++;
    clearTimeout(this.#noticed);
    this.#noticed = setTimeout(() => (this.#slow = true), NOTICED_MS);
    const asked = this.#asked;
    this.#begun = performance.now();
    this.#inSeries = this.#series !== null;
    try {
      const document = await trace(asked, request.signal, this.#series);
      await this.drawable;
      if (this.#inFlight !== request) return;
      const took = performance.now() - this.#begun;
      this.#goOn();
      this.#lags = took > NOTICED_MS && asked !== this.#asked;
      this.#succeed(document, asked);
    } catch (error) {
      if (this.#inFlight === request) this.#fail(error, asked);
    }
  }

  /** The reader does not want to wait any longer; what the run before left stays. */
  cancel(): void {
    this.#reading.flush();
    clearTimeout(this.#timer);
    this.#inFlight?.abort();
    this.#settle();
    this.#status = 'cancelled';
    this.#overtaken = this.#document !== null;
  }

  /** The server was lost before there was a program; `again` is what the retry does then. */
  lose(again: () => Promise<void>): void {
    this.#status = 'unreachable';
    this.#again = again;
    this.#later(RETRY_MS);
  }

  /** Now, rather than when the timer says. */
  retry(): Promise<void> {
    const again = this.#again;
    this.#again = null;
    return again ? again() : this.run();
  }

  get #asked(): Asked {
    return this.#expression ?? this.#text;
  }

  #write(asked: Asked): void {
    this.#expression = typeof asked === 'string' ? null : asked;
    if (typeof asked === 'string') this.#text = asked;
  }

  #succeed(document: Document, asked: Asked): void {
    if (this.#dragging && this.#audience.draw(document)) {
      this.#reading.wait({ document, asked });
    } else {
      this.#reading.drop();
      this.#tell({ document, asked });
    }
  }

  #tell({ document, asked }: { document: Document; asked: Asked }): void {
    this.#answered = asked;
    if (!this.#inFlight) this.#status = 'ready';
    this.#refusal = null;
    this.#overtaken = false;
    this.#document = document;
    this.#audience.tell(document);
  }

  #fail(error: unknown, asked: Asked): void {
    if (error instanceof Busy && this.#keepsWithin(error.share)) return this.#later(this.#spacing);
    this.#reading.flush();
    this.#settle();
    if (error instanceof Refusal) {
      this.#status = 'refused';
      this.#refusal = error;
      this.#refusedFor = asked;
      if (error.code !== 'syntax-error') this.#overtaken = this.#document !== null;
      this.#goOn();
    } else if (error instanceof Busy) {
      this.#status = 'busy';
      this.#later(error.retrySeconds * 1000);
    } else if (error instanceof Unreachable) {
      this.#status = 'unreachable';
      this.#later(RETRY_MS);
    } else {
      throw error;
    }
  }

  /** There is an answer: under a pull the next run begins. */
  #goOn(): void {
    this.#settle();
    const next = this.#next;
    this.#next = null;
    next?.();
    if (this.#behind) this.#runInTurn();
  }

  /** At once, or where the server takes only so many runs of a pull, when it will take this one. */
  #runInTurn(): void {
    const left = this.#begun + this.#spacing - performance.now();
    if (this.#series !== null && left > 0) this.#later(left);
    else void this.run();
  }

  /** Whether it was a pull that asked for more than its `share` in a second, and will ask less often from now on. */
  #keepsWithin(share: number | null): boolean {
    if (share === null || this.#series === null) return false;
    this.#spacing = Math.max(SLOWER * this.#spacing, SLACK * (1000 / share));
    return this.#spacing < RETRY_MS;
  }

  #endSeries(): void {
    this.#series?.end();
    this.#series = null;
  }

  /** Nothing is awaited any longer. */
  #settle(): void {
    this.#inFlight = null;
    clearTimeout(this.#noticed);
    this.#slow = false;
  }

  #later(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.retry(), ms);
  }
}

function same(one: Asked, other: Asked): boolean {
  return one === other || (typeof one !== 'string' && JSON.stringify(one) === JSON.stringify(other));
}
