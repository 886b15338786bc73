/** Text widths as the canvas will draw them. */
import { fonts, type MeasureText } from '../scene';

const context = document.createElement('canvas').getContext('2d');

export const measureText: MeasureText = (text, size, family) => {
  if (!context) throw new Error('This browser has no 2D canvas.');
  context.font = `${size}px ${fonts[family]}`;
  return context.measureText(text).width;
};
