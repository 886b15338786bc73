/** What of a line's result has room at its end: a number gives way by losing digits, not by being cut. Pure. */

/** Something to read, with the exact number for the tooltip. */
export interface Told {
  readonly text: string;
  readonly exact: string;
  /** With fewer digits, longest first. */
  readonly shorter?: readonly string[];
  /** Its shape alone, where that is shorter still. */
  readonly bare?: string;
}

export interface Fitted {
  /** Null where the value has no room. */
  readonly value: string | null;
  readonly gradient: string | null;
}

/** The sign before each, and the gap between the two, in columns. */
const SIGN = 2;
const GAP = 2;
/** In less room than this a text that has no shorter one is not worth a beginning. */
const LEAST = 7;

/**
 * Both as long as they may be in so many columns. A gradient comes before a value, which the line itself often tells,
 * rather than that both have the fewest digits; and numbers come before shapes.
 */
export function fitted(value: Told, gradient: Told | null, columns: number): Fitted {
  const fits = (...texts: string[]): boolean =>
    texts.reduce((sum, text) => sum + SIGN + text.length, GAP * (texts.length - 1)) <= columns;
  if (!gradient) return { value: alone(value, fits, columns), gradient: null };
  const [values, gradients] = [numbersOf(value), numbersOf(gradient)];
  const both = [0, 1].map((level) => pairAt(values, gradients, level));
  const pair = both.find((texts) => fits(...texts));
  if (pair) return { value: pair[0], gradient: pair[1] };
  const number = gradients.find((text) => fits(text));
  if (number !== undefined) return { value: null, gradient: number };
  const [shape, other] = [value.bare, gradient.bare];
  if (shape && other && fits(shape, other)) return { value: shape, gradient: other };
  return { value: null, gradient: other ?? gradients.at(-1) ?? null };
}

const NUMBER = /−?(?:\d+\.?\d*|\.\d+)(?:e[+−-]?\d+)?/g;

/** Whether a shorter text of these tells other numbers than the longest does: what is only left out is to be seen. */
export function isRounded({ text, bare }: Told, shown: string): boolean {
  if (shown === text || shown === bare) return false;
  const [full, few] = [text, shown].map((each) =>
    Array.from(each.matchAll(NUMBER), ([digits]) => Number(digits.replaceAll('−', '-'))),
  );
  return (few ?? []).some((number, i) => number !== full?.[i]);
}

/** What has no shorter text is begun where there is room for a beginning. */
function alone(value: Told, fits: (text: string) => boolean, columns: number): string | null {
  const texts = [...numbersOf(value), ...(value.bare ? [value.bare] : [])];
  return texts.find((text) => fits(text)) ?? (columns >= LEAST ? (texts.at(-1) ?? null) : null);
}

function numbersOf({ text, shorter = [] }: Told): readonly string[] {
  return [text, ...shorter];
}

function pairAt(values: readonly string[], gradients: readonly string[], i: number): [string, string] {
  return [values[i] ?? values.at(-1) ?? '', gradients[i] ?? gradients.at(-1) ?? ''];
}
