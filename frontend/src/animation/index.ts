/** Animation's door: a playback state and the time that passed in, the next state out. */
export { easeInOut, easeOut } from './easing';
export { interpolateLayout } from './interpolate';
export {
  advance,
  createPlayback,
  doneAt,
  pause,
  play,
  seek,
  setLoop,
  setReducedMotion,
  setSpeed,
  stepBy,
  toggle,
} from './playback';
export type * from './types';
