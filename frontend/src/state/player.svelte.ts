/** The playhead, and what of the timeline lies under it. The state machine itself is `animation/playback`. */
import * as machine from '../animation';
import type { Playback } from '../animation/types';
import { iterationAt, runOf, stepOver, type ErrorChain } from '../model';
import type { Iteration, Model, Playhead, Run, Shown, Step, Unit } from '../model/types';

export const SPEEDS = [0.25, 0.5, 1, 2, 4, 8] as const;

const UNITS: readonly Unit[] = ['event', 'line', 'node', 'pass'];
const BEFORE: Playhead = { step: 0, t: 0 };

export class Player {
  #model = $state.raw<Model | null>(null);
  #playback = $state.raw<Playback | null>(null);
  #speed = $state(1);
  #unit = $state<Unit>('event');
  #landed = $state(true);
  readonly #step = $derived(lastBegun(this.#playback));
  readonly #shown = $derived(this.#model && this.#model.shownAt(this.#step));
  readonly #subject = $derived(this.#model && subjectAt(this.#model, this.#step));
  readonly #iteration = $derived(this.#model && iterationAt(this.#model.iterations, this.#step));
  readonly #reducedMotion: () => boolean;

  constructor(reducedMotion: () => boolean) {
    this.#reducedMotion = reducedMotion;
  }

  get model(): Model | null {
    return this.#model;
  }
  get playhead(): Playhead {
    return this.#playback?.playhead ?? BEFORE;
  }
  /** Index of the step that is in progress or over; -1 before everything. Changes once a step, not once a frame. */
  get step(): number {
    return this.#step;
  }
  get current(): Step | null {
    return this.#model?.steps[this.#step] ?? null;
  }
  /** How the error of the step came about, where that is known. */
  get chain(): ErrorChain | null {
    return this.#model?.chains.find(({ step }) => step === this.#step) ?? null;
  }
  /** The node that the step is about, or the last before it. */
  get subject(): number | null {
    return this.#subject;
  }
  /** What the stage shows: the same object for as long as it is the same, whatever is played. */
  get shown(): Shown | null {
    return this.#shown;
  }
  get length(): number {
    return this.#model?.steps.length ?? 0;
  }
  get playing(): boolean {
    return this.#playback?.status === 'playing';
  }
  /** Whether it stands where it was put with the document, and neither a hand nor time has moved it since. */
  get landed(): boolean {
    return this.#landed;
  }
  get speed(): number {
    return this.#speed;
  }
  /** What one press steps over; an iteration only where there is a training loop, and a line not of an expression. */
  get unit(): Unit {
    return this.units.includes(this.#unit) ? this.#unit : 'event';
  }
  get units(): readonly Unit[] {
    const units = this.#model?.expression ? UNITS.filter((unit) => unit !== 'line') : UNITS;
    return this.#model?.iterations.length ? [...units, 'iteration'] : units;
  }
  /** The iteration of the training loop that the playhead is in. */
  get iteration(): Iteration | null {
    return this.#iteration;
  }
  /** What is played over and over; null: all of it, once. */
  get loop(): Run | null {
    return this.#playback?.loop ?? null;
  }

  /**
   * Another document: stands at `step` (null: before everything, or after it where motion is unwanted), and plays from
   * there if told so.
   */
  load(model: Model, step: number | null, playing: boolean): void {
    const reducedMotion = this.#reducedMotion();
    const fresh = machine.createPlayback(model, { speed: this.#speed, reducedMotion });
    const { length } = model.steps;
    const kept = step !== null && length === this.length ? this.loop : null;
    const at = step ?? (reducedMotion && length > 0 ? length - 1 : null);
    this.#model = model;
    this.#landed = true;
    const standing = machine.setLoop(at === null ? fresh : machine.seek(fresh, at), kept);
    this.#playback = playing ? machine.play(standing) : standing;
  }

  advance(ms: number): void {
    if (this.playing) this.#turn((playback) => machine.advance(playback, ms));
  }
  toggle(): void {
    this.#turn(machine.toggle);
  }
  pause(): void {
    this.#turn(machine.pause);
  }
  stepBy(steps: number): void {
    this.#turn((playback) => machine.stepBy(playback, steps));
  }
  /** To the end of the next run of a unit's steps, or to that of the one before. */
  stepOver(delta: 1 | -1, unit: Unit = this.unit): void {
    const { model } = this;
    if (unit === 'event' || !model) return this.stepBy(delta);
    this.#turn((playback) =>
      machine.seek(playback, stepOver(model, unit, delta < 0 ? this.#step : machine.doneAt(playback), delta)),
    );
  }
  seek(step: number): void {
    this.#turn((playback) => machine.seek(playback, step));
  }
  toStart(): void {
    this.seek(-1);
  }
  toEnd(): void {
    this.seek(this.length - 1);
  }
  setSpeed(speed: number): void {
    this.#speed = speed;
    this.#turn((playback) => machine.setSpeed(playback, speed));
  }

  setUnit(unit: Unit): void {
    this.#unit = unit;
  }
  /** Plays what lies between two steps over and over. */
  loopOver(a: number, b: number): void {
    const held = [a, b].map((step) => Math.min(Math.max(step, 0), this.length - 1)).sort((x, y) => x - y);
    const [first = 0, last = 0] = held;
    if (this.length > 0) this.#turn((playback) => machine.setLoop(playback, { first, last }));
  }
  /** The loop begins or ends at the playhead; where there was none, or the other end is passed, it takes the rest. */
  loopFromHere(): void {
    const last = this.loop?.last ?? -1;
    this.loopOver(this.#step, last >= this.#step ? last : this.length - 1);
  }
  loopToHere(): void {
    const first = this.loop?.first ?? Infinity;
    this.loopOver(first <= this.#step ? first : 0, this.#step);
  }
  /** Loops over the iteration or the pass at the playhead; or else no longer. */
  toggleLoop(): void {
    if (!this.#model || this.loop || this.length === 0) return this.clearLoop();
    const { first, last } = runOf(
      this.#model,
      this.#iteration ? 'iteration' : 'pass',
      Math.max(0, this.#step),
    );
    this.loopOver(first, last);
  }
  clearLoop(): void {
    this.#turn((playback) => machine.setLoop(playback, null));
  }

  #turn(by: (playback: Playback) => Playback): void {
    this.#landed = false;
    if (this.#playback) this.#playback = by(this.#playback);
  }
}

/** At an error the first node in how it came about, or that went in; where a step has none, the last before it. */
function subjectAt(model: Model, step: number): number | null {
  if (model.steps[step]?.kind === 'error') {
    const chain = model.chains.find((each) => each.step === step);
    const told = chain?.links[0]?.nodes[0] ?? model.operandsAt(step).values().next().value;
    if (told !== undefined) return told;
  }
  return model.steps.findLast(({ node, index }) => index <= step && node !== null)?.node ?? null;
}

function lastBegun(playback: Playback | null): number {
  const { step, t } = playback?.playhead ?? BEFORE;
  return t > 0 ? step : step - 1;
}
