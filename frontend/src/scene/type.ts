/** Type on the stage: families, sizes, and an estimate of widths for where nothing can be measured. */
import type { MeasureText } from './types';

export interface Fonts {
  readonly text: string;
  readonly mono: string;
}

export const fonts: Fonts = {
  text: "'Inter Variable', Inter, system-ui, sans-serif",
  mono: "'JetBrains Mono Variable', 'JetBrains Mono', ui-monospace, 'DejaVu Sans Mono', monospace",
};

export const sizes = { value: 15, name: 13, small: 11.5, badge: 11 } as const;

/** A mono glyph is six tenths of its size wide; text is taken to be as wide, which errs on the safe side. */
export const estimateText: MeasureText = (text, size) => Array.from(text).length * size * 0.6;

/** At most `most` characters, the last an ellipsis where something was cut. */
export function clipped(text: string, most: number): string {
  const characters = Array.from(text);
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}

const PATH = /^\w+(?:\.\w+)+$/;

/** The same for a name; one with dots, such as a parameter's, keeps its end, which tells it from others. */
export function clippedName(name: string, most: number): string {
  const characters = Array.from(name);
  if (characters.length <= most || !PATH.test(name)) return clipped(name, most);
  return `…${characters.slice(1 - most).join('')}`;
}

/** The size at which an operation's symbol fits its disc. */
export function symbolSize(symbol: string): number {
  return [20, 20, 16, 13][Array.from(symbol).length] ?? sizes.small;
}
