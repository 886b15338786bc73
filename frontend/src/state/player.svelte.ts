/** The playhead, and what of the timeline lies under it. The state machine itself is `animation/playback`. */
import * as machine from '../animation';
import type { Playback } from '../animation/types';
import type { Model, Playhead, Step } from '../model/types';

export const SPEEDS = [0.25, 0.5, 1, 2, 4] as const;

const BEFORE: Playhead = { step: 0, t: 0 };

export class Player {
  #model = $state.raw<Model | null>(null);
  #playback = $state.raw<Playback | null>(null);
  #speed = $state(1);
  readonly #step = $derived(lastBegun(this.#playback));
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
  get length(): number {
    return this.#model?.steps.length ?? 0;
  }
  get playing(): boolean {
    return this.#playback?.status === 'playing';
  }
  get speed(): number {
    return this.#speed;
  }

  /** Another document: stands at `step` (null: before everything), and plays from there if told so. */
  load(model: Model, step: number | null, playing: boolean): void {
    const fresh = machine.createPlayback(model.steps, {
      speed: this.#speed,
      reducedMotion: this.#reducedMotion(),
    });
    const standing = step === null ? fresh : machine.seek(fresh, step);
    this.#model = model;
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

  #turn(by: (playback: Playback) => Playback): void {
    if (this.#playback) this.#playback = by(this.#playback);
  }
}

function lastBegun(playback: Playback | null): number {
  const { step, t } = playback?.playhead ?? BEFORE;
  return t > 0 ? step : step - 1;
}
