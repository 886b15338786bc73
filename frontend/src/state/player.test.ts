import { describe, expect, it } from 'vitest';

import { modelOf } from '../fixtures/samples';
import type { Model, Step } from '../model/types';
import { Player } from './player.svelte';

const model = (count: number) =>
  ({
    iterations: [],
    steps: Array.from(
      { length: count },
      (_, index) => ({ index, kind: 'forward', flows: [], phase: 'forward' }) as unknown as Step,
    ),
  }) as unknown as Model;

const loaded = (step: number | null, playing: boolean) => {
  const player = new Player(() => false);
  player.load(model(5), step, playing);
  return player;
};

describe('Player', () => {
  it('stands before everything until there is something, and where it is told then', () => {
    expect(new Player(() => false)).toMatchObject({ step: -1, length: 0, playing: false, current: null });
    expect(loaded(null, false)).toMatchObject({ step: -1, playing: false, current: null });
    expect(loaded(3, false)).toMatchObject({ step: 3, playing: false, current: { index: 3 } });
  });

  it('stands at the end of all for who wants less motion, or where it is told', () => {
    const still = new Player(() => true);
    const standing = (count: number, step: number | null): [number, boolean] => {
      still.load(model(count), step, false);
      return [still.step, still.playing];
    };
    expect(standing(5, null)).toEqual([4, false]);
    expect(standing(5, 2)).toEqual([2, false]);
    expect(standing(0, null)).toEqual([-1, false]);
  });

  it('is about the last node before, where a step has none: the program prints, or fails without a culprit', () => {
    const player = new Player(() => false);
    const printed = modelOf('many-uses');
    const steps = [
      ...printed.steps,
      { ...printed.steps.at(-1), index: printed.steps.length, kind: 'print', node: null },
    ];
    player.load({ ...printed, steps: steps as Step[] }, steps.length - 1, false);
    expect(player.current?.node).toBeNull();
    expect(player.subject).toBe(printed.steps.at(-1)?.node);
    player.load(printed, null, false);
    expect(player.subject).toBeNull();
  });

  it('stays where it is without steps, whatever is pressed', () => {
    const player = new Player(() => false);
    player.load(model(0), null, true);
    for (const press of ['toggle', 'toStart', 'toEnd', 'toggleLoop', 'loopFromHere', 'loopToHere'] as const)
      player[press]();
    for (const unit of ['event', 'line', 'node', 'pass'] as const) {
      player.stepOver(1, unit);
      player.stepOver(-1, unit);
    }
    player.seek(3);
    expect(player).toMatchObject({ step: -1, playing: false, loop: null, playhead: { step: 0, t: 0 } });
  });

  it('has landed until a hand or time moves it', () => {
    const player = loaded(2, false);
    expect(player.landed).toBe(true);
    player.stepBy(1);
    expect(player.landed).toBe(false);
    player.load(model(5), 4, false);
    expect(player.landed).toBe(true);
  });

  it('plays from the start to the end', () => {
    const player = loaded(null, true);
    player.advance(1);
    expect(player).toMatchObject({ step: 0, playing: true });
    for (let i = 0; i < 1000 && player.playing; i++) player.advance(50);
    expect(player).toMatchObject({ step: 4, playing: false });
    player.toggle();
    expect(player.playing).toBe(true);
  });

  it('steps and seeks, and stops playing for it', () => {
    const player = loaded(null, true);
    player.seek(2);
    expect(player).toMatchObject({ step: 2, playing: false });
    player.stepBy(-1);
    expect(player.step).toBe(1);
    player.toEnd();
    player.stepBy(1);
    expect(player.step).toBe(4);
    player.toStart();
    player.stepBy(-1);
    expect(player.step).toBe(-1);
  });

  it('carries the speed over to the next document', () => {
    const player = loaded(null, true);
    player.setSpeed(4);
    player.load(model(3), null, true);
    expect(player.speed).toBe(4);
  });

  it('steps by a unit, and undoes a step that has begun', () => {
    const player = new Player(() => false);
    player.load(modelOf('linear-mse-sgd'), null, false);
    expect(player).toMatchObject({ unit: 'event', iteration: null });
    player.setUnit('iteration');
    player.stepOver(1);
    expect(player.iteration?.turns).toEqual([{ number: 1, of: 3 }]);
    player.stepOver(1);
    expect(player.iteration?.turns).toEqual([{ number: 2, of: 3 }]);
    const end = player.step;
    player.toggle();
    player.advance(1);
    player.stepOver(-1);
    expect(player.step).toBe(end);
    player.load(model(5), null, false);
    expect(player).toMatchObject({ unit: 'event', units: ['event', 'line', 'node', 'pass'] });
  });

  it('loops over the iteration at the playhead, or between marks', () => {
    const player = new Player(() => false);
    const loop = modelOf('linear-mse-sgd');
    player.load(loop, loop.iterations[1]?.first ?? null, false);
    player.toggleLoop();
    expect(player.loop).toEqual({ first: loop.iterations[1]?.first, last: loop.iterations[1]?.last });
    player.toggleLoop();
    expect(player.loop).toBeNull();
    player.loopFromHere();
    expect(player.loop).toEqual({ first: player.step, last: player.length - 1 });
    player.seek(player.step + 2);
    player.loopToHere();
    expect(player.loop).toEqual({ first: player.step - 2, last: player.step });
    player.loopOver(99_999, 3);
    expect(player.loop).toEqual({ first: 3, last: player.length - 1 });
  });

  it('keeps the loop while a number is pulled, and lets go of it for another program', () => {
    const player = loaded(2, false);
    player.loopOver(1, 3);
    player.load(model(5), 2, true);
    expect(player.loop).toEqual({ first: 1, last: 3 });
    player.load(model(6), null, true);
    expect(player.loop).toBeNull();
  });

  it('shows one and the same thing for as long as an iteration plays', () => {
    const player = new Player(() => false);
    const loop = modelOf('gallery-linear-regression');
    player.load(loop, null, false);
    const shown = new Set(loop.steps.map(({ index }) => (player.seek(index), player.shown)));
    expect(shown.size).toBe(loop.iterations.length);
  });
});
