import { describe, expect, test } from 'vitest';
import { modelOf } from '../fixtures/samples';
import {
  advance,
  createPlayback,
  pause,
  play,
  seek,
  setLoop,
  setReducedMotion,
  setSpeed,
  stepBy,
  toggle,
} from './playback';

const model = modelOf('diamond');
const { steps } = model;
const fresh = createPlayback(model);
const last = steps.length - 1;
const total = fresh.durations.reduce((sum, duration) => sum + duration, 0);

describe('the state machine', () => {
  test('begins idle before everything', () => {
    expect(fresh).toMatchObject({ status: 'idle', playhead: { step: 0, t: 0 }, speed: 1 });
    expect(fresh.durations.every((duration) => duration > 0)).toBe(true);
  });

  test('time moves only what plays', () => {
    expect(advance(fresh, 1000)).toBe(fresh);
    expect(advance(pause(play(fresh)), 1000).playhead).toEqual({ step: 0, t: 0 });
  });

  test('plays step by step to the end', () => {
    let state = play(fresh);
    const seen: number[] = [];
    for (let frame = 0; frame < 10_000 && state.status === 'playing'; frame++) {
      seen.push(state.playhead.step);
      state = advance(state, 16);
    }
    expect([...new Set(seen)]).toEqual(steps.map((step) => step.index));
    expect(state).toMatchObject({ status: 'ended', playhead: { step: last, t: 1 } });
    expect(seen.length).toBeCloseTo(total / 16, -1);
  });

  test('plays again from the start once it ended', () => {
    const ended = advance(play(fresh), total + 1);
    expect(ended.status).toBe('ended');
    expect(play(ended)).toMatchObject({ status: 'playing', playhead: { step: 0, t: 0 } });
  });

  test('pauses and goes on where it was', () => {
    const halfway = advance(play(fresh), total / 2);
    expect(toggle(halfway)).toMatchObject({ status: 'paused', playhead: halfway.playhead });
    expect(toggle(toggle(halfway))).toMatchObject({ status: 'playing', playhead: halfway.playhead });
  });

  test('many small frames come as far as one large one', () => {
    let small = play(fresh);
    for (let frame = 0; frame < 100; frame++) small = advance(small, total / 300);
    const large = advance(play(fresh), total / 3);
    expect(small.playhead.step).toBe(large.playhead.step);
    expect(small.playhead.t).toBeCloseTo(large.playhead.t);
  });

  test('speed divides time', () => {
    expect(advance(setSpeed(play(fresh), 2), 100).playhead).toEqual(advance(play(fresh), 200).playhead);
    expect(advance(setSpeed(play(fresh), 0), 5000).playhead).toEqual({ step: 0, t: 0 });
  });

  test('a program without steps ends at once', () => {
    expect(play(createPlayback({ steps: [], iterations: [] })).status).toBe('ended');
    expect(stepBy(createPlayback({ steps: [], iterations: [] }), 1).playhead.step).toBe(0);
  });
});

describe('seek', () => {
  test('goes to the end of a step, or into it', () => {
    expect(seek(fresh, 3)).toMatchObject({ status: 'paused', playhead: { step: 3, t: 1 } });
    expect(seek(fresh, 3, 0.25).playhead.t).toBeCloseTo(0.25);
  });

  test('stays within the timeline', () => {
    expect(seek(fresh, 999)).toMatchObject({ status: 'ended', playhead: { step: last, t: 1 } });
    expect(seek(fresh, -1)).toMatchObject({ status: 'paused', playhead: { step: 0, t: 0 } });
  });

  test('and play goes on from there', () => {
    const state = advance(play(seek(fresh, 2)), 1);
    expect(state.playhead.step).toBe(3);
  });
});

describe('stepBy', () => {
  test('goes forwards and back through whole steps', () => {
    expect(stepBy(fresh, 1).playhead).toEqual({ step: 0, t: 1 });
    expect(stepBy(stepBy(fresh, 1), 1).playhead).toEqual({ step: 1, t: 1 });
    expect(stepBy(seek(fresh, 3), -1).playhead).toEqual({ step: 2, t: 1 });
    expect(stepBy(seek(fresh, 0), -1).playhead).toEqual({ step: 0, t: 0 });
  });

  test('from within a step finishes it, or undoes it', () => {
    const within = seek(fresh, 3, 0.5);
    expect(stepBy(within, 1).playhead).toEqual({ step: 3, t: 1 });
    expect(stepBy(within, -1).playhead).toEqual({ step: 2, t: 1 });
  });
});

describe('reduced motion', () => {
  const still = createPlayback(model, { reducedMotion: true, speed: 2 });

  test('shows each step at its end, for as long as it would have played', () => {
    const first = advance(play(still), 10);
    expect(first.playhead).toEqual({ step: 0, t: 1 });
    expect(first.status).toBe('playing');
    const next = advance(first, (still.durations[0] ?? 0) / 2);
    expect(next.playhead).toEqual({ step: 1, t: 1 });
  });

  test('can be switched while playing', () => {
    const moving = advance(play(fresh), 50);
    expect(setReducedMotion(moving, true).playhead.t).toBe(1);
    expect(setReducedMotion(setReducedMotion(moving, true), false).playhead).toEqual(moving.playhead);
  });
});

describe('a loop', () => {
  const looped = setLoop(fresh, { first: 1, last: 2 });

  test('plays from its start where the playhead is outside, else from where it is', () => {
    expect(play(looped)).toMatchObject({ status: 'playing', playhead: { step: 1, t: 0 } });
    expect(play(seek(looped, last)).playhead).toEqual({ step: 1, t: 0 });
    expect(play(seek(looped, 2)).playhead).toEqual({ step: 1, t: 0 });
    expect(play(seek(looped, 2, 0.5)).playhead).toEqual({ step: 2, t: 0.5 });
  });

  test('begins anew past its end, and goes on when it is taken away', () => {
    const seen = new Set<number>();
    let state = play(looped);
    for (let frame = 0; frame < 500; frame++) {
      seen.add(state.playhead.step);
      state = advance(state, 16);
    }
    expect([...seen]).toEqual([1, 2]);
    expect(state.status).toBe('playing');
    state = setLoop(state, null);
    for (let frame = 0; frame < 10_000 && state.status === 'playing'; frame++) state = advance(state, 16);
    expect(state).toMatchObject({ status: 'ended', playhead: { step: last, t: 1 } });
  });

  test('takes back what plays behind its end when that is moved', () => {
    const state = setLoop(play(seek(fresh, 3, 0.5)), { first: 1, last: 2 });
    expect(state.playhead).toEqual({ step: 3, t: 0.5 });
    expect(advance(state, state.durations[3] ?? 0).playhead.step).toBe(1);
  });

  test('at the very end too', () => {
    const state = setLoop(fresh, { first: last, last });
    expect(advance(play(state), 10_000).status).toBe('playing');
  });
});
