import { describe, expect, it } from 'vitest';

import {
  SCALES,
  between,
  centre,
  filled,
  fit,
  holds,
  inMiddle,
  pan,
  readRegion,
  regionOf,
  toLayout,
  visible,
  zoom,
} from './viewport';

const screen = { width: 800, height: 600 };

describe('viewport', () => {
  it('fits a large graph into the screen, in the middle', () => {
    const view = fit({ x: -100, y: 50, width: 3000, height: 1000 }, screen, 40);
    expect(view.scale).toBeCloseTo(720 / 3000);
    expect(toLayout(view, { x: 40, y: 300 }).x).toBeCloseTo(-100);
    expect(toLayout(view, { x: 400, y: 300 })).toEqual({ x: 1400, y: 550 });
  });

  it('knows whether the screen shows all of a graph', () => {
    const bounds = { x: -100, y: 50, width: 3000, height: 1000 };
    const view = fit(bounds, screen);
    expect(holds(view, bounds, screen)).toBe(true);
    expect(holds(view, { ...bounds, width: 4000 }, screen)).toBe(false);
    expect(holds(pan(view, 0, 500), bounds, screen)).toBe(false);
  });

  it('does not blow a small graph up', () => {
    expect(fit({ x: 0, y: 0, width: 10, height: 10 }, screen).scale).toBe(1.4);
    expect(fit({ x: 0, y: 0, width: 0, height: 0 }, screen).scale).toBe(1.4);
  });

  it('keeps what is under the pointer there while zooming, also at the limits', () => {
    const at = { x: 123, y: 456 };
    const before = { scale: 0.7, x: 31, y: -12 };
    for (const factor of [0.001, 0.5, 2, 1000]) {
      const after = zoom(before, at, factor);
      expect(toLayout(after, at).x).toBeCloseTo(toLayout(before, at).x);
      expect(toLayout(after, at).y).toBeCloseTo(toLayout(before, at).y);
      expect(after.scale).toBeGreaterThanOrEqual(SCALES.least);
      expect(after.scale).toBeLessThanOrEqual(SCALES.most);
    }
  });

  it('pans, and says what is visible', () => {
    const view = pan({ scale: 2, x: 0, y: 0 }, -100, 50);
    expect(visible(view, screen)).toEqual({ x: 50, y: -25, width: 400, height: 300 });
  });

  it('fills the screen: no more empty room than a margin, or the graph in the middle', () => {
    const bounds = { x: 0, y: 0, width: 2000, height: 100 };
    const above = filled(centre({ x: 0, y: 0 }, 1, screen), bounds, screen, 32);
    expect(above).toEqual({ scale: 1, x: 32, y: 250 });
    expect(filled(centre({ x: 2000, y: 0 }, 1, screen), bounds, screen, 32).x).toBe(800 - 32 - 2000);
    expect(filled(centre({ x: 900, y: 0 }, 1, screen), bounds, screen, 32).x).toBe(-500);
  });

  it('knows what is in the middle of the screen', () => {
    const view = centre({ x: 10, y: 20 }, 2, screen);
    expect(inMiddle(view, { x: 10, y: 20 }, screen)).toBe(true);
    expect(inMiddle(view, { x: 10 + 0.29 * 400, y: 20 }, screen)).toBe(true);
    expect(inMiddle(view, { x: 10 + 0.31 * 400, y: 20 }, screen)).toBe(false);
  });

  it('goes from one view to another', () => {
    const [a, b] = [
      { scale: 0.5, x: 0, y: 0 },
      { scale: 2, x: 100, y: 40 },
    ];
    expect(between(a, b, 0)).toEqual(a);
    expect(between(a, b, 1)).toEqual(b);
    const half = between(a, b, 0.5);
    expect(half.scale).toBe(1);
    expect([half.x, half.y]).toEqual([expect.closeTo(100 / 3), expect.closeTo(40 / 3)]);
    expect(between(a, { ...a, x: 100 }, 0.5)).toEqual({ ...a, x: 50 });
  });
});

describe('the region drawn', () => {
  const screen = { width: 800, height: 600 };

  it('holds what the screen shows, and not much more', () => {
    for (const view of [
      { scale: 1, x: 0, y: 0 },
      { scale: 0.37, x: -913, y: 4021 },
      { scale: 2.6, x: 17, y: -5 },
    ]) {
      const { viewport, scale } = readRegion(regionOf(view, screen));
      const part = visible(view, screen);
      expect(viewport.x).toBeLessThanOrEqual(part.x);
      expect(viewport.y).toBeLessThanOrEqual(part.y);
      expect(viewport.x + viewport.width).toBeGreaterThanOrEqual(part.x + part.width);
      expect(viewport.y + viewport.height).toBeGreaterThanOrEqual(part.y + part.height);
      expect(viewport.width).toBeLessThan(1.6 * part.width);
      expect(scale).toBeGreaterThanOrEqual(view.scale);
    }
  });

  it('stays the same while the view moves a little', () => {
    expect(regionOf({ scale: 1, x: -30, y: -40 }, screen)).toBe(
      regionOf({ scale: 1.1, x: -20, y: -20 }, screen),
    );
    expect(regionOf({ scale: 1, x: 0, y: 0 }, screen)).not.toBe(
      regionOf({ scale: 1, x: -500, y: 0 }, screen),
    );
  });
});
