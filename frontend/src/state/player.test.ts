import { describe, expect, it } from 'vitest';

import type { Model, Step } from '../model/types';
import { Player } from './player.svelte';

const model = (count: number) =>
  ({
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
});
