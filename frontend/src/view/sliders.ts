/** The range of a slider that adapts to its value, and how an input is written. Pure. */
import type { Input } from '../api/client';

export interface SliderRange {
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

const USUAL = 5;
/** A value so near to an edge leads on. */
const EDGE = 0.02;

/** Around zero and wide enough for the value: the range that is there, unless the value lies at its edge or beyond. */
export function rangeAround(value: number, now: SliderRange | null): SliderRange {
  const size = Math.abs(value);
  if (now && size < now.max * (1 - EDGE)) return now;
  const half = size < USUAL * (1 - EDGE) ? USUAL : roundUp(2 * size);
  return { min: -half, max: half, step: half / 500 };
}

/** To 1, 2 or 5 times a power of ten. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const first = [1, 2, 5, 10].find((each) => each * power >= value) ?? 10;
  return first * power;
}

export function writtenInput(input: Input): string {
  if (typeof input === 'number') return String(Number(input.toPrecision(10)));
  return `[${input.map(writtenInput).join(', ')}]`;
}
