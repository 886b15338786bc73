/** Number literals of a program as a hand may pull them: how a literal is read, and how it is written after a pull. */

/** A number as it is written. `digits` is how many of them follow the point; `exponent` is written as it stood. */
export interface Literal {
  readonly value: number;
  readonly digits: number;
  readonly exponent: string;
}

const PLAIN = /^(?<sign>-\s*)?(?<whole>\d+)(?<point>\.(?<part>\d*))?(?<exponent>[eE][+-]?\d+)?$/;
/** How far one has to pull for one unit of the last digit. */
const PIXELS_PER_TENTH = 3;
const PIXELS_PER_ONE = 8;

/** The literal that a text is; null for what has no value to pull at (hexadecimal, imaginary, grouped digits). */
export function readLiteral(text: string): Literal | null {
  const found = PLAIN.exec(text)?.groups;
  if (!found) return null;
  const { sign, whole, point, part, exponent } = found;
  if (point === undefined && exponent === undefined && /^0\d/.test(whole ?? '')) return null;
  const digits = point === undefined && exponent === undefined ? 0 : Math.max(part?.length ?? 0, 1);
  const mantissa = Number(`${whole ?? ''}.${part ?? ''}`);
  return { value: sign === undefined ? mantissa : -mantissa, digits, exponent: exponent ?? '' };
}

/** The literal after a pull of so many units of its last digit; a fine pull works on one digit more. */
export function pulled(from: Literal, units: number, fine: boolean): string {
  const digits = fine && from.digits > 0 ? from.digits + 1 : from.digits;
  const value = from.value + Math.round(units) / 10 ** digits;
  const text = value.toFixed(digits);
  return (Number(text) === 0 ? text.replace('-', '') : text) + from.exponent;
}

/** How many units of the last digit a pull over so many pixels is. */
export function unitsOf(from: Literal, pixels: number): number {
  return pixels / (from.digits === 0 ? PIXELS_PER_ONE : PIXELS_PER_TENTH);
}
