/** What playback is at one moment; see `playback.ts` for the state machine. */
import type { Playhead, Run } from '../model/types';

export type { Playhead } from '../model/types';

export type PlaybackStatus = 'idle' | 'playing' | 'paused' | 'ended';

export interface Playback {
  readonly status: PlaybackStatus;
  /** With reduced motion its `t` is 1 from the step's start: a step shows its end at once. */
  readonly playhead: Playhead;
  /** Milliseconds of the step that have played, at speed 1. */
  readonly elapsed: number;
  /** 1 is as designed, 2 twice as fast. */
  readonly speed: number;
  readonly reducedMotion: boolean;
  /** Milliseconds of each step at speed 1. */
  readonly durations: readonly number[];
  /** What is played over and over; null: all of it, once. */
  readonly loop: Run | null;
}

export interface PlaybackOptions {
  readonly speed?: number;
  readonly reducedMotion?: boolean;
}
