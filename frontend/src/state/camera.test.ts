import { describe, expect, it } from 'vitest';

import { Camera, type Sight } from './camera.svelte';
import { NEAR, nearOn, readableOn } from './turning';
import { toLayout } from './viewport';

const screen = { width: 800, height: 600 };
/** What the tools at its lower edge leave free. */
const clear = { width: 800, height: 576 };
const small: Sight = {
  bounds: { x: 0, y: 0, width: 400, height: 500 },
  start: { x: 200, y: 0 },
  playing: null,
};
const deep: Sight = {
  bounds: { x: 0, y: 0, width: 400, height: 20_000 },
  start: { x: 200, y: 0 },
  playing: null,
};

function over(sight: Sight): Camera {
  const camera = new Camera(() => true);
  camera.resize(screen, null);
  camera.aim(sight, false);
  return camera;
}

const middleOf = (camera: Camera) => toLayout(camera.view, { x: clear.width / 2, y: clear.height / 2 });
const playing = (y: number): Sight => ({ ...deep, playing: { x: 200, y } });

describe('Camera', () => {
  it('shows all of a graph that can be read so', () => {
    const camera = over(small);
    expect(camera.holder).toBe('all');
    expect(middleOf(camera).y).toBeCloseTo(250);
  });

  it('begins a deep graph where data comes in, or at the playhead, in letters that can be read', () => {
    expect(over(deep).view.scale).toBe(NEAR);
    expect(toLayout(over(deep).view, { x: 0, y: 0 }).y).toBeCloseTo(-32 / NEAR);
    expect(middleOf(over(playing(9000))).y).toBeCloseTo(9000);
  });

  it.each([
    { width: 390, height: 300 },
    { width: 524, height: 320 },
  ])('is nearer on a phone, for the numbers on edges, %o', (phone) => {
    const camera = new Camera(() => true);
    camera.resize(phone, null);
    camera.aim(small, false);
    expect(camera.holder).toBe('follow');
    expect(camera.view.scale).toBe(nearOn(phone));
    expect(camera.view.scale).toBeGreaterThan(NEAR);
    expect(readableOn(phone)).toBeGreaterThan(readableOn(screen));
  });

  it('goes along with the playhead once that leaves the middle, not before', () => {
    const camera = over(playing(9000));
    camera.follow(playing(9100));
    expect(middleOf(camera).y).toBeCloseTo(9000);
    camera.follow(playing(9900));
    expect(middleOf(camera).y).toBeCloseTo(9900);
  });

  it('leaves room ahead of a playhead that goes on, and stays where it is across', () => {
    const wide = (x: number, y: number): Sight => ({
      ...deep,
      bounds: { ...deep.bounds, width: 4000 },
      playing: { x, y },
    });
    const camera = over(wide(2000, 9000));
    camera.follow(wide(2100, 9300));
    expect(middleOf(camera).x).toBeCloseTo(2000);
    expect(middleOf(camera).y).toBeCloseTo(9300 + (0.15 * clear.height) / NEAR);
    camera.follow(wide(2000, 9100));
    expect(middleOf(camera).y).toBeCloseTo(9100 - (0.15 * clear.height) / NEAR);
  });

  it('has what jumped out of sight in the middle, across too', () => {
    const wide = (x: number, y: number): Sight => ({
      ...deep,
      bounds: { ...deep.bounds, width: 4000 },
      playing: { x, y },
    });
    const camera = over(wide(2000, 9000));
    camera.follow(wide(2300, 4000));
    expect(middleOf(camera).x).toBeCloseTo(2300);
    expect(middleOf(camera).y).toBeCloseTo(4000);
  });

  it('leaves the view to a reader who took over, until something plays on out of sight', () => {
    const camera = over(playing(9000));
    camera.zoom(2);
    camera.pan(0, 300);
    const { view } = camera;
    camera.follow(playing(9900));
    expect(camera.view).toBe(view);
    camera.resume(playing(9900));
    camera.follow(playing(9900));
    expect(middleOf(camera).y).toBeCloseTo(9900);
    expect(camera.view.scale).toBe(view.scale);
  });

  it('stays with a reader who sees all there is', () => {
    const camera = over(small);
    camera.pan(5, 0);
    camera.resume(small);
    expect(camera.holder).toBe('reader');
  });

  it('fits all, and goes back to what the reader saw', () => {
    const camera = over(small);
    expect(camera.wayBack(small)).toBeNull();
    camera.zoom(3);
    const { view } = camera;
    camera.fit(small);
    expect(middleOf(camera).y).toBeCloseTo(250);
    camera.fit(small);
    expect(camera.view).toEqual(view);
    expect(camera.holder).toBe('reader');
  });

  it('goes back to the playhead from all of a deep graph', () => {
    const camera = over(playing(9000));
    camera.fit(playing(9000));
    expect(camera.view.scale).toBeLessThan(0.1);
    camera.fit(playing(12_000));
    expect(middleOf(camera).y).toBeCloseTo(12_000);
    expect(camera.holder).toBe('follow');
  });

  it('comes near to what is brought where it could not be read, and stays as near as the reader was where it could', () => {
    const node = { x: 150, y: 15_000, width: 100, height: 50 };
    const camera = over(playing(9000));
    camera.fit(playing(9000));
    expect(camera.view.scale).toBeLessThan(readableOn(screen));
    camera.bring(node);
    expect(camera.view.scale).toBe(nearOn(screen));
    expect(toLayout(camera.view, { x: 400, y: 300 }).y).toBeCloseTo(15_025);
    camera.zoom(readableOn(screen) / nearOn(screen));
    const { view } = camera;
    camera.bring(node);
    expect(camera.view).toBe(view);
    camera.bring({ ...node, y: 500 });
    expect(camera.view.scale).toBe(view.scale);
    expect(toLayout(camera.view, { x: 400, y: 300 }).y).toBeCloseTo(525);
  });

  it('keeps what it comes near to in sight on the way', () => {
    const camera = new Camera(() => false);
    camera.resize(screen, null);
    camera.aim(deep, false);
    camera.fit(deep);
    camera.advance(1000);
    camera.bring({ x: 0, y: 15_000, width: 100, height: 50 });
    const seen = [];
    for (; camera.gliding; camera.advance(25)) seen.push(15_025 * camera.view.scale + camera.view.y);
    expect(seen.length).toBeGreaterThan(10);
    expect(seen).toEqual([...seen].sort((a, b) => b - a));
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(300);
    expect(Math.max(...seen)).toBeLessThan(600);
  });

  it('moves by a quarter of the screen for each key, however fast they come', () => {
    const camera = new Camera(() => false);
    camera.resize(screen, null);
    camera.aim(small, false);
    const { x, y } = camera.view;
    camera.step(1, 0);
    camera.advance(50);
    camera.step(1, 0);
    camera.step(0, -1);
    expect(camera.gliding).toBe(true);
    camera.advance(1000);
    expect([camera.view.x, camera.view.y]).toEqual([x - 300, y + 150]);
    expect(camera.gliding).toBe(false);
  });
});
