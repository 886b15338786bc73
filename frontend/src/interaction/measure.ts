/** Text widths as the canvas will draw them. */
import { fonts, type MeasureText } from '../scene';

const context = document.createElement('canvas').getContext('2d');

export const measureText: MeasureText = (text, size, family) => {
  if (!context) throw new Error('This browser has no 2D canvas.');
  context.font = `${size}px ${fonts[family]}`;
  return context.measureText(text).width;
};

/** Has the page's own fonts come before anything is set in them; one that does not come is done without. */
export async function loadFonts(): Promise<void> {
  await Promise.allSettled(Object.values(fonts).map((family) => document.fonts.load(`16px ${family}`)));
}
