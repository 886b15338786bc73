/** Which way data flows best on a screen: as all of the graph can be read in larger letters. Pure. */
import type { Layout, Size } from '../layout';
import { fit } from './viewport';

/** A graph that would have to be shown smaller than this is shown in part, and followed. */
export const READABLE = 0.5;
/** The same on a phone, where numbers on edges would be too small. */
const READABLE_NARROW = 0.75;
/** How large a graph is shown that is shown in part. */
export const NEAR = 0.7;
const NEAR_NARROW = 0.9;
/** What is at most so wide is a phone held upright, or something alike: there, data flows down. */
const NARROW = 480;
/** What is at most so high is a phone on its side. */
const LOW = 370;
/** A graph is turned for letters that are larger by this, not for less. */
const LARGER = 1.25;

export function readableOn(screen: Size): number {
  return small(screen) ? READABLE_NARROW : READABLE;
}

export function nearOn(screen: Size): number {
  return small(screen) ? NEAR_NARROW : NEAR;
}

function small({ width, height }: Size): boolean {
  return width <= NARROW || height <= LOW;
}

/** How large all of it can be read: more than its own size is no gain. */
function sizeOn(screen: Size, { bounds }: Layout): number {
  return Math.min(fit(bounds, screen).scale, 1);
}

/** Whether a layout of the other direction might be better. */
export function worthTurning(layout: Layout, screen: Size): boolean {
  if (screen.width <= NARROW) return layout.direction === 'right';
  const { width, height } = layout.bounds;
  const room = (screen.width * screen.height) / (READABLE * READABLE);
  // Turned, it takes about as much room: what is far too much stays.
  if (width * height >= 3 * room) return false;
  return layout.direction === 'right' || sizeOn(screen, layout) * LARGER <= 1;
}

/** The one to show, of a layout that stands and one of the same graph in the other direction. */
export function better(standing: Layout, turned: Layout, screen: Size): Layout {
  if (screen.width <= NARROW) return turned.direction === 'down' ? turned : standing;
  const size = sizeOn(screen, turned);
  // Down, as programs are read, wherever nothing is lost by it.
  if (turned.direction === 'down' && size === 1) return turned;
  return size >= READABLE && size >= LARGER * sizeOn(screen, standing) ? turned : standing;
}
