/**
 * Playback as a state machine; each function gives the next state, none knows a clock.
 *
 *            play                advance past the last step
 *   idle ───────────► playing ─────────────────────────────► ended
 *    │                │  ▲ ▲                                  │ │
 *    │          pause │  │ └── play (from the start) ─────────┘ │
 *    │ seek,          ▼  │ play                                 │ seek, stepBy
 *    └──────────────► paused ◄──────────────────────────────────┘
 *
 * seek and stepBy pause a playing state too, and end it when they reach the end. A loop keeps what plays between its
 * ends: it is played from its start where the playhead is outside, and begins anew instead of going on past its end.
 */
import type { Run } from '../model/types';
import { paceOf, type Paced } from './pace';
import type { Playback, PlaybackOptions } from './types';

export function createPlayback(model: Paced, options: PlaybackOptions = {}): Playback {
  return {
    status: 'idle',
    playhead: { step: 0, t: 0 },
    elapsed: 0,
    speed: options.speed ?? 1,
    reducedMotion: options.reducedMotion ?? false,
    durations: paceOf(model),
    loop: null,
  };
}

export function play(state: Playback): Playback {
  if (state.durations.length === 0) return { ...state, status: 'ended' };
  const { loop } = state;
  if (loop) return { ...(isOutside(state, loop) ? at(state, loop.first, 0) : state), status: 'playing' };
  const started = state.status === 'ended' ? at(state, 0, 0) : state;
  return { ...started, status: 'playing' };
}

export function pause(state: Playback): Playback {
  return state.status === 'playing' ? { ...state, status: 'paused' } : state;
}

export function toggle(state: Playback): Playback {
  return state.status === 'playing' ? pause(state) : play(state);
}

/** Moves a playing state on by `dt` milliseconds of real time; any other stays as it is. */
export function advance(state: Playback, dt: number): Playback {
  if (state.status !== 'playing') return state;
  let { step } = state.playhead;
  let elapsed = state.elapsed + dt * state.speed;
  for (
    let next = nextOf(state, step);
    next !== null && elapsed >= whole(state, step);
    next = nextOf(state, step)
  ) {
    elapsed -= whole(state, step);
    step = next;
  }
  const moved = at(state, step, elapsed);
  return moved.elapsed >= whole(state, step) ? { ...moved, status: 'ended' } : moved;
}

/** Goes to a step, by default to its end; a step out of range is brought into it. Without steps there is nowhere to go. */
export function seek(state: Playback, step: number, t = 1): Playback {
  if (state.durations.length === 0) return state;
  const last = state.durations.length - 1;
  const held = Math.min(last, Math.max(0, Math.round(step)));
  const share = step < 0 ? 0 : Math.min(1, Math.max(0, t));
  const moved = at(state, held, share * whole(state, held));
  return { ...moved, status: held === last && share === 1 ? 'ended' : 'paused' };
}

/** To the end of the step `delta` steps on; from within a step, forwards finishes it and backwards undoes it. */
export function stepBy(state: Playback, delta: number): Playback {
  const { step } = state.playhead;
  const done = doneAt(state);
  const begun = state.elapsed > 0 && done < step;
  return seek(state, done + delta + (delta < 0 && begun ? 1 : 0));
}

/** The last step that is over; -1 before the first is. */
export function doneAt(state: Playback): number {
  const { step } = state.playhead;
  return state.elapsed >= whole(state, step) ? step : step - 1;
}

export function setSpeed(state: Playback, speed: number): Playback {
  return { ...state, speed: Math.max(0, speed) };
}

export function setReducedMotion(state: Playback, reducedMotion: boolean): Playback {
  return at({ ...state, reducedMotion }, state.playhead.step, state.elapsed);
}

/** Plays between these steps, ends inclusive, over and over; null plays on. Where the playhead is does not change. */
export function setLoop(state: Playback, loop: Run | null): Playback {
  return { ...state, loop };
}

function isOutside(state: Playback, { first, last }: Run): boolean {
  const { elapsed, playhead } = state;
  const { step } = playhead;
  return step < first || step > last || (step === last && elapsed >= whole(state, last));
}

/** The step that plays after this one; null at the end. A loop that was moved may have left the playhead behind it. */
function nextOf({ durations, loop }: Playback, step: number): number | null {
  if (loop && step >= loop.last) return loop.first;
  return step < durations.length - 1 ? step + 1 : null;
}

/** Milliseconds that a step lasts at speed 1. */
function whole({ durations }: Playback, step: number): number {
  return durations[step] ?? 0;
}

/** The state with its playhead `elapsed` milliseconds into a step. */
function at(state: Playback, step: number, elapsed: number): Playback {
  const lasts = whole(state, step);
  const held = Math.min(lasts, elapsed);
  const t = held >= lasts || (state.reducedMotion && held > 0) ? 1 : held / lasts;
  return { ...state, elapsed: held, playhead: { step, t } };
}
