/** Which colour a number has: its sign decides the hue, NaN is a problem, and infinities have a hue of their own. */
import { formatNumber, formatSigned, sizeText, together, type Joint, type Strength } from '../model';
import type { ModelValue } from '../model/types';
import type { Token } from './types';

export function gradientToken(value: Strength): Token {
  return nonfiniteToken(value) ?? (value.sign < 0 ? 'gradient-negative' : 'backward');
}

export function valueToken(value: ModelValue): Token {
  return nonfiniteToken(value) ?? 'ink';
}

function nonfiniteToken({ finite, nan }: Strength): Token | null {
  return nan ? 'problem' : finite ? null : 'infinite';
}

const FEWEST_DIGITS = 2;
const MOST_DIGITS = 4;
const NORM_DIGITS = 3;

/** A number with its sign, "± norm 0.8" for a tensor of mixed signs with that norm, "0" for one of zeros, what is not finite as such. */
export function markedText(value: ModelValue, digits = MOST_DIGITS): string {
  if (value.scalar !== null) return formatSigned(value.scalar, digits);
  if (!value.finite) return value.nan ? 'NaN' : infinityText(value);
  if (value.norm === null) return value.text;
  if (value.norm === 0) return '0';
  const sign = value.sign > 0 ? '+' : value.sign < 0 ? '−' : '±';
  return `${sign} norm ${normText(value.norm, digits)}`;
}

/** "−∞", "∞", or "±∞" where there are both, as far as the cells tell. */
function infinityText({ cells }: ModelValue): string {
  const [most, least] = [Infinity, -Infinity].map((each) => cells?.cells.includes(each));
  return least ? (most ? '±∞' : '−∞') : '∞';
}

/** The same with as many digits as `fits` lets it have, or "‖0.8‖" for a norm; null where that is too long, too. */
export function markedWithin(value: ModelValue, fits: (text: string) => boolean, before = ''): string | null {
  const { scalar, finite, norm } = value;
  const digits = [MOST_DIGITS, NORM_DIGITS, FEWEST_DIGITS];
  const texts = digits.map((most) => markedText(value, most));
  const short = scalar === null && finite && norm ? digits.map((most) => `‖${normText(norm, most)}‖`) : [];
  return [...texts, ...short].map((text) => before + text).find(fits) ?? null;
}

/** Of several edges drawn as one: "2 Σ +2.5" where it is known what they make together, else "3 ∂ ‖0.8‖" for all of them, or at least how many they are. */
export function jointText({ values, total }: Joint, fits: (text: string) => boolean): string | null {
  const [only] = values;
  if (only && values.length === 1) return markedWithin(only, fits);
  const count = String(values.length);
  if (total) return markedWithin(total, fits, `${count} Σ `) ?? markedWithin(total, fits, 'Σ ');
  return severalText(values, fits);
}

export function severalText(values: readonly ModelValue[], fits: (text: string) => boolean): string | null {
  const { norm, finite, nan } = together(values);
  const count = `${String(values.length)} ∂`;
  const size = (digits: number): string =>
    !finite ? (nan ? 'NaN' : '∞') : norm === null ? '' : norm === 0 ? '0' : `‖${normText(norm, digits)}‖`;
  const texts = [NORM_DIGITS, FEWEST_DIGITS].map((digits) => `${count} ${size(digits)}`.trim());
  return [...texts, count].find(fits) ?? null;
}

function normText(norm: number, digits: number): string {
  return formatNumber(norm, Math.min(digits, NORM_DIGITS));
}

const MOST_PASSING = 18;

/** What goes along one line at a time: the value; of several each, where they are short, or else how many they are. */
export function passingText(values: readonly ModelValue[]): string {
  const each = values.map((value) => fitting(value, 11)).join(', ');
  const short = values.length < 2 || Array.from(each).length <= MOST_PASSING;
  return short ? each : `${String(values.length)} values`;
}

/** The value's text in at most `most` characters: a number with fewer digits, anything else by its sizes. */
export function fitting(value: ModelValue, most: number): string {
  const fits = (text: string): boolean => Array.from(text).length <= most;
  if (fits(value.text)) return value.text;
  if (value.scalar === null) return sizeText(value.shape);
  let digits = MOST_DIGITS;
  while (digits > FEWEST_DIGITS && !fits(formatNumber(value.scalar, digits))) digits--;
  return formatNumber(value.scalar, digits);
}

const THINNEST = 1.5;
const THICKEST = 5;
const LEAST_EXPONENT = -4;
const DECADES = 6;

/** Stroke width by the gradient's norm on a log scale: from 1e-4 to 100. */
export function gradientWidth({ norm }: Strength): number {
  if (norm === null || norm === 0) return THINNEST;
  const share = (Math.log10(norm) - LEAST_EXPONENT) / DECADES;
  return THINNEST + (THICKEST - THINNEST) * Math.min(1, Math.max(0, share));
}
