/** Easing: shares of time in, shares of the way out; both from 0 to 1. */

export function easeInOut(t: number): number {
  const held = clamp(t);
  return held * held * (3 - 2 * held);
}

export function easeOut(t: number): number {
  return 1 - (1 - clamp(t)) ** 3;
}

function clamp(t: number): number {
  return Math.min(1, Math.max(0, t));
}
