/**
 * The iterations of the training loop: where on the timeline each begins and ends.
 * In: the Document's groups, events and sources. Out: stretches of steps, in order, for the innermost loop that runs
 * backward passes. A loop that only feeds on its own results (an RNN) runs none, so it has no iterations here.
 */
import { bodyOf, type Body } from './bodies';
import type { Document, DocumentEvent, Iteration } from './types';

type DocumentGroup = Document['groups'][number];

interface Loop {
  readonly body: Body | null;
  /** Its iterations' groups, and the step at which the first operation of each ran, in order. */
  readonly turns: { readonly group: DocumentGroup; readonly begin: number }[];
}

interface Stretch {
  readonly loop: DocumentGroup;
  readonly group: DocumentGroup;
  readonly first: number;
  readonly last: number;
}

export function readIterations(doc: Document): Iteration[] {
  const stretches = [...loopsOf(doc)].flatMap(([loop, found]) => stretchesOf(doc, loop, found));
  const training = stretches.filter(({ first, last }) => passBegins(doc, first, last));
  const outer = new Set(training.flatMap(({ loop }) => ancestors(doc, loop)));
  const loops = new Set(training.map(({ loop }) => loop.id).filter((id) => !outer.has(id)));
  const inner = stretches.filter(({ loop }) => loops.has(loop.id)).sort((a, b) => a.first - b.first);
  if (inner.length < 2) return [];
  const counts = countByLoop(doc);
  return inner.map(({ group, first, last: latest }, index) => {
    const last = Math.min(latest, (inner[index + 1]?.first ?? Infinity) - 1);
    const turns = [...ancestors(doc, group), group.id].flatMap((id) => turnOf(doc, id, counts));
    return { index, first, last, turns };
  });
}

/** The iteration in which a step is, by binary search; null before, between and after. */
export function iterationAt(iterations: readonly Iteration[], step: number): Iteration | null {
  let [low, high] = [0, iterations.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((iterations[middle]?.first ?? Infinity) <= step) low = middle + 1;
    else high = middle;
  }
  const found = iterations[low - 1];
  return found !== undefined && step <= found.last ? found : null;
}

/** By id of the loop's group, in the order in which they ran. */
function loopsOf(doc: Document): Map<DocumentGroup, Loop> {
  const loops = new Map<DocumentGroup, Loop>();
  const seen = new Set<number>();
  for (const event of doc.events) {
    if (event.kind !== 'forward' || doc.nodes[event.node]?.kind !== 'op') continue;
    for (const id of doc.nodes[event.node]?.groups ?? []) {
      const group = doc.groups[id];
      const loop = group?.number == null ? undefined : doc.groups[group.parent ?? -1];
      if (group?.kind !== 'loop' || loop === undefined || seen.has(id)) continue;
      seen.add(id);
      const known = loops.get(loop) ?? { body: bodyOf(doc, loop), turns: [] };
      known.turns.push({ group, begin: event.index });
      loops.set(loop, known);
    }
  }
  return loops;
}

function stretchesOf(doc: Document, loop: DocumentGroup, { body, turns }: Loop): Stretch[] {
  const firsts = turns.map(({ begin }, i) => beginning(doc, body, begin, turns[i - 1]?.begin ?? -1));
  return turns.map(({ group, begin }, i) => {
    const next = firsts[i + 1];
    return {
      loop,
      group,
      first: firsts[i] ?? begin,
      last: next === undefined ? ending(doc, body, begin) : next - 1,
    };
  });
}

/**
 * What an iteration does before its first operation (`zero_grad`, say) is part of it: the lines of the body come in
 * order, so it begins where they jump back; or those of the function that it calls. `after` is a step of the iteration
 * before, or -1.
 */
function beginning(doc: Document, body: Body | null, begin: number, after: number): number {
  const inBody = within(doc.events[begin], body);
  let first = begin;
  for (let i = begin - 1; i > after; i--) {
    const event = doc.events[i];
    const alike = within(event, body) === inBody;
    if (!alike && after === -1) break;
    if (!alike) continue;
    if ((event?.line ?? 0) > (doc.events[first]?.line ?? 0)) break;
    first = i;
  }
  return first;
}

/** The last iteration ends with the last step that a line of the loop, or a pass or update begun there, has made. */
function ending(doc: Document, body: Body | null, begin: number): number {
  const calls = !within(doc.events[begin], body);
  let last = begin;
  for (let i = begin + 1; i < doc.events.length; i++) {
    const event = doc.events[i];
    if (!within(event, body) && !(calls && followsUp(event, body))) break;
    last = i;
  }
  return last;
}

/** A function of the program that the loop calls stands above it. */
function followsUp(event: DocumentEvent | undefined, body: Body | null): boolean {
  return body !== null && event?.line != null && event.source === body.source && event.line < body.first;
}

function within(event: DocumentEvent | undefined, body: Body | null): boolean {
  if (body === null || event?.line == null || event.source !== body.source) return false;
  return event.line >= body.first && event.line <= body.last;
}

function passBegins(doc: Document, first: number, last: number): boolean {
  for (let i = first; i <= last; i++) {
    const event = doc.events[i];
    if (event?.kind === 'backward' && event.step === 0) return true;
  }
  return false;
}

/** Ids of the groups around one, from the outside in. */
function ancestors(doc: Document, { parent }: DocumentGroup): number[] {
  const found: number[] = [];
  for (let id = parent; id !== null; id = doc.groups[id]?.parent ?? null) found.unshift(id);
  return found;
}

function countByLoop(doc: Document): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { kind, parent, number } of doc.groups) {
    if (kind !== 'loop' || parent === null || number === null) continue;
    counts.set(parent, Math.max(counts.get(parent) ?? 0, number + 1));
  }
  return counts;
}

function turnOf(
  doc: Document,
  id: number,
  counts: ReadonlyMap<number, number>,
): Iteration['turns'][number][] {
  const group = doc.groups[id];
  if (group?.kind !== 'loop' || group.number === null || group.parent === null) return [];
  return [{ number: group.number + 1, of: counts.get(group.parent) ?? group.number + 1 }];
}
