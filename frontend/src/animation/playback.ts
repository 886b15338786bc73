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
 * seek and stepBy pause a playing state too, and end it when they reach the end.
 */
import type { Step } from '../model/types';
import { durationOf } from './durations';
import type { Playback, PlaybackOptions } from './types';

export function createPlayback(steps: readonly Step[], options: PlaybackOptions = {}): Playback {
  return {
    status: 'idle',
    playhead: { step: 0, t: 0 },
    elapsed: 0,
    speed: options.speed ?? 1,
    reducedMotion: options.reducedMotion ?? false,
    durations: steps.map(durationOf),
  };
}

export function play(state: Playback): Playback {
  if (state.durations.length === 0) return { ...state, status: 'ended' };
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
  const { durations } = state;
  let { step } = state.playhead;
  let elapsed = state.elapsed + dt * state.speed;
  while (step < durations.length - 1 && elapsed >= (durations[step] ?? 0)) {
    elapsed -= durations[step] ?? 0;
    step++;
  }
  const moved = at(state, step, elapsed);
  return moved.elapsed >= (durations[step] ?? 0) ? { ...moved, status: 'ended' } : moved;
}

/** Goes to a step, by default to its end; a step out of range is brought into it. */
export function seek(state: Playback, step: number, t = 1): Playback {
  const last = Math.max(0, state.durations.length - 1);
  const held = Math.min(last, Math.max(0, Math.round(step)));
  const share = step < 0 ? 0 : Math.min(1, Math.max(0, t));
  const moved = at(state, held, share * (state.durations[held] ?? 0));
  return { ...moved, status: held === last && share === 1 ? 'ended' : 'paused' };
}

/** To the end of the step `delta` steps on; from within a step, forwards finishes it and backwards undoes it. */
export function stepBy(state: Playback, delta: number): Playback {
  const { step } = state.playhead;
  const whole = state.durations[step] ?? 0;
  const done = state.elapsed >= whole ? step : step - 1;
  const begun = state.elapsed > 0 && state.elapsed < whole;
  return seek(state, done + delta + (delta < 0 && begun ? 1 : 0));
}

export function setSpeed(state: Playback, speed: number): Playback {
  return { ...state, speed: Math.max(0, speed) };
}

export function setReducedMotion(state: Playback, reducedMotion: boolean): Playback {
  return at({ ...state, reducedMotion }, state.playhead.step, state.elapsed);
}

/** The state with its playhead `elapsed` milliseconds into a step. */
function at(state: Playback, step: number, elapsed: number): Playback {
  const whole = state.durations[step] ?? 0;
  const held = Math.min(whole, elapsed);
  const t = held >= whole || (state.reducedMotion && held > 0) ? 1 : held / whole;
  return { ...state, elapsed: held, playhead: { step, t } };
}
