/** The stage's picture, pixel by pixel. */
import type { JSHandle, Page } from '@playwright/test';

/** By how much of 255 a pixel at the edge of a shape may be another where only a part is drawn. */
const SMOOTHING = 64;
/** So many numbers of pixels may: a digit has some hundred. */
export const FEW = 60;
export type Pixels = JSHandle<Uint8ClampedArray>;

export function pixelsOf(page: Page): Promise<Pixels> {
  return page.locator('.picture canvas').evaluateHandle((canvas: HTMLCanvasElement) => {
    const { width, height } = canvas;
    return canvas.getContext('2d')?.getImageData(0, 0, width, height).data ?? new Uint8ClampedArray();
  });
}

/** How many numbers of the picture are not those of another, but for the smoothing of edges or as much as is said. */
export async function otherPixels(page: Page, before: Pixels, most = SMOOTHING): Promise<number> {
  return page.evaluate(
    ([one, other, most]) => one.filter((value, i) => Math.abs(value - (other[i] ?? 0)) > most).length,
    [await pixelsOf(page), before, most] as const,
  );
}
