/** The timeline's axis: steps side by side from the left, all of the same width. */

/** Left and right of the first and the last step. */
export const LANES_PADDING = 8;

export interface Axis {
  readonly count: number;
  readonly width: number;
}

/** A strip along the axis, from its upper edge down. */
export interface Band {
  readonly y: number;
  readonly h: number;
}

/** Where a step begins; `step` may lie within one. */
export function xOf({ count, width }: Axis, step: number): number {
  return LANES_PADDING + (count === 0 ? 0 : (step / count) * (width - 2 * LANES_PADDING));
}

/** The step under a point; null beside them. */
export function stepAtX({ count, width }: Axis, x: number): number | null {
  const step = Math.floor(((x - LANES_PADDING) / (width - 2 * LANES_PADDING)) * count);
  return step >= 0 && step < count ? step : null;
}
