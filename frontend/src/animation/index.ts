/** Animation's door: a playback state and the time that passed in, the next state out. */
export { easeInOut, easeOut } from './easing';
export { interpolateLayout } from './interpolate';
export {
  advance,
  createPlayback,
  pause,
  play,
  seek,
  setReducedMotion,
  setSpeed,
  stepBy,
  toggle,
} from './playback';
export type * from './types';
