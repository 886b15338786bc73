/** The page's keys, one row each, as the help sheet lists them. They are its own only where no editor or field wants them. */
import type { Unit } from '../model';

/** What keys can do. */
export interface Verbs {
  toggle(): void;
  /** One unit on or back; without one, what the page steps by. */
  stepOver(delta: 1 | -1, unit?: Unit): void;
  toStart(): void;
  toEnd(): void;
  /** The next higher or lower speed. */
  changeSpeed(delta: 1 | -1): void;
  loopFromHere(): void;
  loopToHere(): void;
  toggleLoop(): void;
  fit(): void;
  /** The other direction of data. */
  turn(): void;
  /** Over the graph, in strides. */
  pan(right: number, down: number): void;
  zoom(factor: number): void;
  /** Opens the closed group that the selection or the playhead is in; or closes the group around it. */
  openGroup(open: boolean): void;
  openAllGroups(open: boolean): void;
  search(): void;
  clear(): void;
  help(): void;
}

interface Binding {
  /** `KeyboardEvent.key`, with "Shift+" before a key that has no sign of its own with Shift. */
  readonly keys: readonly string[];
  readonly does: string;
  run(verbs: Verbs, key: string): void;
}

export interface Section {
  readonly title: string;
  readonly bindings: readonly Binding[];
}

const ZOOM = 1.25;

/** -1 for the one key, 1 for the other, 0 for any else. */
function toward(key: string, back: string, on: string): number {
  return Number(key === on) - Number(key === back);
}

/** A letter steps on by a unit, its capital back. */
function stepping(letter: string, unit: Unit): Binding {
  const capital = letter.toUpperCase();
  return {
    keys: [letter, capital],
    does: `on, back by one ${unit}`,
    run: (verbs, key) => verbs.stepOver(key === letter ? 1 : -1, unit),
  };
}

export const SECTIONS: readonly Section[] = [
  {
    title: 'Timeline',
    bindings: [
      { keys: [' '], does: 'play or pause', run: (verbs) => verbs.toggle() },
      {
        keys: ['ArrowLeft', 'ArrowRight'],
        does: 'a step back, on',
        run: (verbs, key) => verbs.stepOver(key === 'ArrowRight' ? 1 : -1),
      },
      {
        keys: ['Shift+ArrowLeft', 'Shift+ArrowRight'],
        does: 'a line back, on',
        run: (verbs, key) => verbs.stepOver(key === 'Shift+ArrowRight' ? 1 : -1, 'line'),
      },
      stepping('n', 'node'),
      stepping('p', 'pass'),
      stepping('i', 'iteration'),
      { keys: ['Home'], does: 'before the first step', run: (verbs) => verbs.toStart() },
      { keys: ['End'], does: 'after the last step', run: (verbs) => verbs.toEnd() },
      {
        keys: ['<', '>'],
        does: 'slower, faster',
        run: (verbs, key) => verbs.changeSpeed(key === '>' ? 1 : -1),
      },
    ],
  },
  {
    title: 'Loop',
    bindings: [
      { keys: ['['], does: 'begins at this step', run: (verbs) => verbs.loopFromHere() },
      { keys: [']'], does: 'ends at this step', run: (verbs) => verbs.loopToHere() },
      { keys: ['l'], does: 'this pass or iteration, or none', run: (verbs) => verbs.toggleLoop() },
    ],
  },
  {
    title: 'Graph',
    bindings: [
      { keys: ['/'], does: 'search', run: (verbs) => verbs.search() },
      { keys: ['f'], does: 'all of it, and back', run: (verbs) => verbs.fit() },
      {
        keys: ['w', 'a', 's', 'd'],
        does: 'up, left, down, right',
        run: (verbs, key) => verbs.pan(toward(key, 'a', 'd'), toward(key, 'w', 's')),
      },
      {
        keys: ['+', '-', '='],
        does: 'nearer, further away',
        run: (verbs, key) => verbs.zoom(key === '-' ? 1 / ZOOM : ZOOM),
      },
      { keys: ['t'], does: 'turn it: down, or to the right', run: (verbs) => verbs.turn() },
      {
        keys: ['Enter', 'Shift+Enter'],
        does: 'open, close the group at hand',
        run: (verbs, key) => verbs.openGroup(key === 'Enter'),
      },
      {
        keys: ['o', 'c'],
        does: 'open, close all groups',
        run: (verbs, key) => verbs.openAllGroups(key === 'o'),
      },
      { keys: ['Escape'], does: 'close, select nothing, end the loop', run: (verbs) => verbs.clear() },
    ],
  },
  {
    title: 'Help',
    bindings: [{ keys: ['?'], does: 'this list', run: (verbs) => verbs.help() }],
  },
];

const BINDINGS: ReadonlyMap<string, Binding> = new Map(
  SECTIONS.flatMap(({ bindings }) => bindings).flatMap((each) => each.keys.map((key) => [key, each])),
);

/** Carries out what a key means for the page. True where it meant something. */
export function onKey(event: KeyboardEvent, verbs: Verbs): boolean {
  const key = event.shiftKey && event.key.length > 1 ? `Shift+${event.key}` : event.key;
  const binding = BINDINGS.get(key);
  if (!binding || event.defaultPrevented || withModifier(event) || belongsElsewhere(event)) return false;
  event.preventDefault();
  binding.run(verbs, key);
  return true;
}

/** What AltGr makes is a key of its own: brackets, on many keyboards. */
function withModifier(event: KeyboardEvent): boolean {
  if (event.getModifierState('AltGraph')) return false;
  return event.ctrlKey || event.metaKey || event.altKey;
}

const TYPING = 'input:not([type="range"]), textarea, select, [contenteditable="true"], [popover], dialog';
/** Sliders and tabs: arrows, Home and End are theirs, and nothing else. */
const WALKED = 'input, [role="tab"]';

function belongsElsewhere(event: KeyboardEvent): boolean {
  if (!(event.target instanceof Element)) return false;
  if (event.target.closest(TYPING)) return true;
  const walks = /^(Arrow|Home|End)/.test(event.key) && !event.shiftKey;
  if (walks && event.target.closest(WALKED)) return true;
  return /^( |Enter)$/.test(event.key) && event.target.closest('button, a, summary') !== null;
}
