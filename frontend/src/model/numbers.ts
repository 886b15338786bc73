/** Numbers for reading: rounded to significant digits, four unless told, with a true minus sign. */
import type { DocumentNumber } from './types';

const SIGNIFICANT = 4;
/** Of a whole number that is told exactly, with its sign: what has room on the stage. */
const MOST_CHARACTERS = 9;

/** How large an element is: of a complex one its absolute value, else the number with its sign. */
export function magnitudeOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return toNumber(value);
  const { re, im } = value as { readonly re?: unknown; readonly im?: unknown };
  const parts = [toNumber(re), toNumber(im)] as const;
  return parts.some(Number.isNaN) ? NaN : Math.hypot(...parts);
}

/** The real number behind a Document's number or boolean; NaN for complex, null and what is no number. */
export function toNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string' && value !== '') return Number(value);
  return NaN;
}

/** "19,998", of a whole number; `toLocaleString` takes tens of milliseconds when it is first called. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** "1 operation", "19,998 operations". */
export function counted(count: number, what: string): string {
  return `${grouped(count)} ${what}${count === 1 ? '' : 's'}`;
}

/** Rounded to `digits` significant digits: "0.9988", "−3", "1.2e−7", "∞", "NaN"; a complex number as "1 + 2i"; null as "–". */
export function formatNumber(value: DocumentNumber | boolean, digits = SIGNIFICANT): string {
  if (value === null) return '–';
  if (typeof value === 'object') return formatComplex(value);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return formatReal(toNumber(value), digits);
}

/** As formatNumber, with a plus sign before what is greater than zero. */
export function formatSigned(value: number, digits = SIGNIFICANT): string {
  return value > 0 ? `+${formatReal(value, digits)}` : formatReal(value, digits);
}

function formatComplex(value: { readonly [part: string]: number | string }): string {
  const imaginary = toNumber(value.im);
  const sign = imaginary < 0 ? '−' : '+';
  return `${formatReal(toNumber(value.re))} ${sign} ${formatReal(Math.abs(imaginary))}i`;
}

function formatReal(value: number, digits = SIGNIFICANT): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (Number.isInteger(value) && String(value).length <= MOST_CHARACTERS) return withMinus(String(value));
  if (size < 1e-4 || size >= 1e6) return withMinus(shortExponent(value, digits));
  if (size >= 10 ** digits) return withMinus(String(Math.round(value))); // no zeros that are not there
  return withMinus(String(Number(value.toPrecision(digits))));
}

function shortExponent(value: number, digits: number): string {
  const [mantissa = '', exponent = ''] = value.toExponential(Math.max(digits - 2, 0)).split('e');
  return `${Number(mantissa)}e${exponent.replace('+', '')}`;
}

function withMinus(text: string): string {
  return text.replaceAll('-', '−');
}
