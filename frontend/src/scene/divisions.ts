/** Where iterations, or else passes, begin on the timeline: a hairline each, and a label where there is room for one. */
import type { Model } from '../model/types';
import { LANES_PADDING, xOf, type Axis, type Band } from './axis';
import { estimateText } from './type';
import type { Shape } from './types';

const SIZE = 10;
const LABEL_GAP = 10;
const LABEL_INDENT = 3;
/** Hairlines closer than this would be a grey field. */
const CLOSEST = 5;

interface Division {
  readonly first: number;
  readonly last: number;
  readonly label: string;
  /** What remains of the label where there is less room. */
  readonly short: string;
}

export function markShapes(model: Model, axis: Axis, band: Band, height: number): Shape[] {
  const divisions = divisionsOf(model);
  if (divisions.length === 0 || axis.width <= 2 * LANES_PADDING) return [];
  const spacing = (xOf(axis, axis.count) - xOf(axis, 0)) / divisions.length;
  const every = everyNth(spacing, widest(divisions.map(({ short }) => short)));
  const marked = divisions.filter((_, i) => spacing >= CLOSEST || labelled(i, every));
  return [
    ...marked.map(({ first }) => hairline(xOf(axis, first), band.y + 2, height)),
    ...(band.h > 0
      ? labels(
          divisions.filter((_, i) => labelled(i, every)),
          axis,
          band,
        )
      : []),
  ];
}

/** Of a training loop the iterations, of any other program the passes. */
function divisionsOf({ iterations, segments, document: { passes } }: Model): Division[] {
  if (iterations.length > 0) {
    return iterations.map(({ first, last, turns }) => {
      const counted = turns.map(({ number }) => number).join('.');
      return { first, last, label: `iteration ${counted}`, short: counted };
    });
  }
  const begun = new Set<number>();
  return segments.flatMap(({ first, last, pass }) => {
    if (pass === null || begun.has(pass)) return [];
    begun.add(pass);
    const alone = passes.length === 1;
    return [{ first, last, label: alone ? 'backward pass' : `pass ${pass + 1}`, short: `${pass + 1}` }];
  });
}

/** 1, 2, 5, 10, 20, …: the first of these at which labels of this width stand clear of one another. */
function everyNth(spacing: number, width: number): number {
  for (let decade = 1; ; decade *= 10) {
    for (const step of [1, 2, 5]) if (spacing * step * decade >= width + LABEL_GAP) return step * decade;
  }
}

/** The first, and those with a round number where that leaves the first its room. */
function labelled(i: number, every: number): boolean {
  return i === 0 || ((i + 1) % every === 0 && i >= every);
}

function widest(texts: readonly string[]): number {
  return Math.max(...texts.map((text) => estimateText(text, SIZE, 'text')));
}

/** In full where all have room before the next one; each clear of the one before it, or not at all. */
function labels(divisions: readonly Division[], axis: Axis, { y, h }: Band): Shape[] {
  const starts = divisions.map(({ first }) => xOf(axis, first) + LABEL_INDENT);
  const roomOf = (i: number): number =>
    (starts[i + 1] ?? axis.width + LABEL_GAP) - (starts[i] ?? 0) - LABEL_GAP;
  const inFull = divisions.every(({ label }, i) => estimateText(label, SIZE, 'text') <= roomOf(i));
  const look = { size: SIZE, family: 'text', weight: 400, anchor: 'start', fill: 'ink-soft' } as const;
  let free = 0;
  return divisions.flatMap(({ first, label, short }, i) => {
    const text = inFull ? label : short;
    const x = starts[i] ?? 0;
    const end = x + estimateText(text, SIZE, 'text');
    if (x < free || end > axis.width) return [];
    free = end + LABEL_GAP;
    return [{ type: 'text', key: `label:${first}`, x, y: y + h / 2, text, ...look } as const];
  });
}

function hairline(x: number, from: number, to: number): Shape {
  return { type: 'polyline', key: `mark:${x}`, points: [x, from, x, to], stroke: 'line', width: 1 };
}
