import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { palette, type RectShape, type View } from '../scene';
import { StillLayer } from './layer';

/** Each rectangle takes so long to be drawn that all of them take some frames. */
const MS_EACH = 0.01;
const SHAPES: readonly RectShape[] = Array.from({ length: 3000 }, (_, i) => ({
  type: 'rect',
  key: `node:${i}`,
  x: (i % 60) * 10,
  y: Math.floor(i / 60) * 10,
  w: 8,
  h: 8,
  radius: 1,
  fill: 'surface',
}));
const SCREEN = { width: 800, height: 600 };

let clock: number;

class Pen {
  shapes = 0;
  copied: { left: number; width: number } | null = null;
  constructor(readonly canvas: Canvas) {
    return new Proxy(this, { get: (pen, name) => (name in pen ? pen[name as keyof Pen] : () => undefined) });
  }
  clearRect(): void {
    this.shapes = 0;
    this.copied = null;
  }
  fill(): void {
    this.shapes++;
    clock += MS_EACH;
  }
  drawImage(from: Canvas, left: number, _top: number, width: number): void {
    this.copied = { left, width };
    this.shapes = from.pen.shapes;
  }
}

class Canvas {
  width = 0;
  height = 0;
  readonly pen = new Pen(this);
  getContext = (): Pen => this.pen;
}

beforeEach(() => {
  clock = 1000;
  vi.spyOn(performance, 'now').mockImplementation(() => clock);
  vi.stubGlobal('document', { createElement: () => new Canvas() });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

function begin() {
  const layer = new StillLayer();
  const { pen } = new Canvas();
  /** A frame: whether another one should follow, and how long it took. */
  const frame = (view: View, shapes: readonly RectShape[] = SHAPES) => {
    clock += 16;
    const start = clock;
    const kept = { shapes, palette: palette.light, view, screen: SCREEN, ratio: 1 };
    const again = layer.paint(pen as unknown as CanvasRenderingContext2D, kept, true);
    return { again, took: clock - start };
  };
  /** Frames until no more are asked for. */
  const rest = (view: View): number => {
    let longest = 0;
    for (let i = 0; i < 100; i++) {
      const { again, took } = frame(view);
      longest = Math.max(longest, took);
      if (!again) return longest;
    }
    return expect.fail('it never rests');
  };
  const home = { x: 0, y: 0, scale: 1 };
  frame(home);
  rest(home);
  return { pen, frame, rest, home };
}

/** Nothing of the screen is bare, from left to right. */
function expectFull({ copied }: Pen): void {
  const { left, width } = copied ?? expect.fail('nothing is shown');
  expect(left).toBeLessThanOrEqual(0);
  expect(left + width).toBeGreaterThanOrEqual(SCREEN.width);
}

const zoomed = (scale: number): View => ({ x: 400 - 400 * scale, y: 300 - 300 * scale, scale });

test('a zoom is stretched, then drawn sharply over some frames, none of which draws all', () => {
  const { pen, frame, rest } = begin();
  for (const scale of [1.02, 1.05, 1.08]) expect(frame(zoomed(scale)).took).toBeLessThan(1);
  expect(pen.copied?.width).toBeCloseTo(1.08 * (800 + 2 * 128));
  expect(rest(zoomed(1.08))).toBeLessThan(20);
  expect(pen.copied).toEqual({ left: -128, width: 800 + 2 * 128 });
  expect(pen.shapes).toBe(SHAPES.length);
});

test('what is around the screen is not used up before there is more, in a zoom out', () => {
  const { pen, frame } = begin();
  for (let scale = 1; scale > 0.5; scale *= 0.99) {
    expect(frame(zoomed(scale)).took).toBeLessThan(20);
    expectFull(pen);
  }
});

test('a successor that is no longer needed does not take over', () => {
  const { pen, frame, rest } = begin();
  frame(zoomed(0.92));
  frame(zoomed(1));
  for (let x = 0; x > -800; x -= 40) frame({ x, y: 0, scale: 1 });
  rest({ x: -800, y: 0, scale: 1 });
  const there = { ...zoomed(0.92), x: zoomed(0.92).x - 800 };
  for (let i = 0; i < 3; i++) {
    frame(there);
    expectFull(pen);
  }
});

test('frames follow until what is shown is what is wanted, also where the view moves meanwhile', () => {
  const { pen, frame, rest } = begin();
  frame(zoomed(1.08));
  clock += 1000;
  expect(frame(zoomed(1.08)).again).toBe(true);
  const { x, ...other } = zoomed(1.08);
  rest({ ...other, x: x + 200 });
  expect(pen.copied).toEqual({ left: -128, width: 800 + 2 * 128 });
});

test('a picture whose shapes are others is drawn at once, however long that takes', () => {
  const { pen, frame } = begin();
  frame(zoomed(0.95));
  const moved = SHAPES.map((shape) => ({ ...shape, x: shape.x + 3 }));
  clock += 1000;
  frame(zoomed(0.95), moved);
  expect(frame(zoomed(0.95), moved).again).toBe(false);
  expect(pen.copied).toEqual({ left: -128, width: 800 + 2 * 128 });
});
