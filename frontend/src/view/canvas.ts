/** A canvas with as many pixels as the screen gives it, ready to draw in CSS pixels. */
import type { Size } from '../layout/types';

/** Cleared. */
export function fitCanvas(canvas: HTMLCanvasElement, size: Size): CanvasRenderingContext2D {
  const context = penOf(canvas, size);
  context.clearRect(0, 0, size.width, size.height);
  return context;
}

/** With what was drawn on it before, unless it was of another size. */
export function penOf(canvas: HTMLCanvasElement, size: Size): CanvasRenderingContext2D {
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This browser has no 2D canvas.');
  const ratio = window.devicePixelRatio;
  const [width, height] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}
