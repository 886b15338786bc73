/**
 * How a backward came to fail because a tensor that was saved for it had been changed in place: which node saved it, what
 * changed it since, which backward needs it. Read from the Document: what torch says of versions, what nodes saved, what was
 * written since, and the engine's order (of the nodes that are ready, the one made last runs next).
 */
import { readPlace } from './nodes';
import { nameOf, type Telling } from './sentences';
import type { TracedStep } from './steps';
import type {
  Document,
  DocumentEvent,
  DocumentPass,
  ErrorChain,
  ErrorLink,
  Model,
  Place,
  Step,
} from './types';

type Written = Pick<Model, 'document' | 'expression'>;
type ErrorEvent = Extract<DocumentEvent, { kind: 'error' }>;
type Write = NonNullable<ErrorEvent['writes']>[number];
type Saved = Document['nodes'][number]['saved'][number];

const CHANGED =
  /modified by an inplace operation: \[\S+ \[([\d, ]*)\]\].* is at version (\d+); expected version (\d+) instead/;
const VIEWS =
  /^(t|view|transpose|permute|select|slice|narrow|unsqueeze|squeeze|expand|as_strided|alias|detach|split|split_with_sizes|unbind|diagonal|unfold|view_as_real|view_as_complex)$/;
const WRITES = /[a-z0-9]_$/;

/** The chain of each error that torch raised for such a change, in order; none where the Document does not tell it. */
export function findChains(written: Written, told: Telling, steps: readonly Step[]): ErrorChain[] {
  const doc = written.document;
  return doc.events.flatMap((event) => {
    const found = event.kind === 'error' ? CHANGED.exec(event.message) : null;
    if (event.kind !== 'error' || found === null) return [];
    const [shape, now, then] = [found[1] ?? '', Number(found[2]), Number(found[3])];
    const needed = findNeeded(doc, told, event, { shape, version: then });
    if (needed === null) return [];
    const changes = findChanges(told, steps, { ...needed, event });
    return [{ step: event.index, links: linksOf(written, told, { ...needed, changes, then, now, event }) }];
  });
}

interface Needed {
  readonly node: number;
  readonly saved: Saved;
}

interface Told extends Needed {
  readonly changes: readonly Change[];
  /** The version that was saved, and the one that it has now. */
  readonly then: number;
  readonly now: number;
  readonly event: ErrorEvent;
}

/** The node whose turn it was when the pass failed, and what of it was changed. */
function findNeeded(
  doc: Document,
  told: Telling,
  event: ErrorEvent,
  wanted: { readonly shape: string; readonly version: number },
): Needed | null {
  const run = passOf(doc, event);
  if (run === undefined) return null;
  const fits = ({ version, value }: Saved): boolean =>
    version === wanted.version && (doc.values[value ?? -1]?.shape ?? []).join(', ') === wanted.shape;
  const ready = readyNodes(told, run).sort((a, b) => b - a);
  for (const node of ready) {
    const saved = doc.nodes[node]?.saved.find(fits);
    if (saved !== undefined) return { node, saved };
  }
  return null;
}

/** The pass that raised: the last before the error that was started where it was raised, else the last. */
function passOf(doc: Document, event: ErrorEvent): DocumentPass | undefined {
  const later = new Set(
    doc.events.flatMap((each) =>
      each.kind === 'backward' && each.index > event.index ? each.pass_index : [],
    ),
  );
  const before = doc.passes.filter(({ index }) => !later.has(index));
  return before.findLast((run) => samePlace(run, event)) ?? before.at(-1);
}

function samePlace(one: DocumentPass, other: ErrorEvent): boolean {
  return one.source === other.source && one.line === other.line && one.column === other.column;
}

/** The nodes that a pass had not run yet, but all that their gradients come from. */
function readyNodes(told: Telling, run: DocumentPass): number[] {
  const reached = new Set(run.roots);
  for (const node of reached) for (const source of sourcesOf(told, node)) reached.add(source);
  const ran = new Set(run.steps.map(({ node }) => node));
  const waiting = new Set<number>();
  for (const node of reached) {
    if (!ran.has(node)) for (const source of sourcesOf(told, node)) waiting.add(source);
  }
  return [...reached].filter((node) => !ran.has(node) && !waiting.has(node));
}

/** The nodes that a node's gradients go back to. */
function sourcesOf({ nodes, edges }: Telling, id: number): number[] {
  return (nodes[id]?.incoming ?? []).flatMap((edge) => {
    const known = edges[edge];
    return known?.differentiable ? known.source : [];
  });
}

/** What went into the first slot of an operation. */
function firstOf({ nodes, edges }: Telling, id: number): number | null {
  const edge = edges[nodes[id]?.incoming[0] ?? -1];
  return edge?.inputNr === 0 ? edge.source : null;
}

interface Change {
  readonly label: string;
  /** Whether it is the event of a leaf, which may stand for several writes. */
  readonly update: boolean;
  readonly nodes: readonly number[];
  readonly place: Place | null;
  readonly count: number;
}

/** What wrote to the memory of a saved tensor since it was saved, in order; what one line did again and again is told once. */
function findChanges(
  told: Telling,
  steps: readonly Step[],
  { node, saved, event }: Needed & { readonly event: ErrorEvent },
): Change[] {
  const since = steps.find((step) => step.kind === 'forward' && step.node === node)?.index ?? -1;
  const writes = (event.writes ?? []).filter(({ nodes }) => nodes.includes(saved.node ?? -1));
  const seen = seenChanges(told, steps.slice(0, event.index), { saved, isKnown: writes.length > 0 });
  const written = writes.map((write) => ({ at: write.event - 0.5, change: changeOf(write) }));
  const changes: Change[] = [];
  for (const { at, change } of [...seen, ...written].sort((a, b) => a.at - b.at)) {
    if (at <= since) continue;
    const last = changes.at(-1);
    const again = last?.label === change.label && last.place?.line === change.place?.line;
    if (last && again)
      changes[changes.length - 1] = {
        ...last,
        nodes: [...last.nodes, ...change.nodes],
        count: last.count + 1,
      };
    else changes.push(change);
  }
  return changes;
}

/** A write as the recording saw it, also where the graph has no node for it, as nothing was made of it. */
function changeOf(write: Write): Change {
  const label = WRITES.test(write.op) ? write.op : `${write.op} with out=`;
  return {
    label,
    update: false,
    nodes: write.node === null ? [] : [write.node],
    place: readPlace(write),
    count: 1,
  };
}

/** What the steps tell: updates of leaves, and the writes of nodes where the recording did not list them. */
function seenChanges(
  told: Telling,
  steps: readonly Step[],
  { saved, isKnown }: { readonly saved: Saved; readonly isKnown: boolean },
): { readonly at: number; readonly change: Change }[] {
  const origin = originOf(told, saved.node);
  const aliases = new Set(origin === null ? [] : [origin]);
  return steps.flatMap(({ index, kind, node, place }) => {
    if (node === null) return [];
    const update = kind === 'update' && node === origin;
    const label = update
      ? `the update of ${nameOf(told, node)}`
      : isKnown
        ? null
        : writtenBy(told, node, kind, aliases);
    return label === null ? [] : { at: index, change: { label, update, nodes: [node], place, count: 1 } };
  });
}

/** The label of an operation that writes to the memory of `aliases`; its result, and a view of one of them, is one too. */
function writtenBy(told: Telling, id: number, kind: Step['kind'], aliases: Set<number>): string | null {
  const node = told.nodes[id];
  if (kind !== 'forward' || node?.kind !== 'op') return null;
  const writes = WRITES.test(node.label);
  if (!writes && !VIEWS.test(node.label)) return null;
  const first = firstOf(told, id);
  if (first === null || !aliases.has(first)) return null;
  aliases.add(id);
  return writes ? node.label : null;
}

/** What a view is a view of, through all views between. */
function originOf(told: Telling, id: number | null): number | null {
  const node = told.nodes[id ?? -1];
  if (node?.kind !== 'op' || !VIEWS.test(node.label)) return id;
  const first = firstOf(told, node.id);
  return first === null ? id : originOf(told, first);
}

function linksOf(written: Written, told: Telling, chain: Told): ErrorLink[] {
  const { node, then, now, changes, event } = chain;
  const label = told.nodes[node]?.label ?? 'a node';
  const place = told.nodes[node]?.place ?? null;
  const saver = `${label}${lineText(written, place)}`;
  const start = readPlace(event);
  return [
    {
      role: 'saved',
      nodes: [node],
      place,
      text: saver,
      deed: `saved ${savedText(told, chain)} at version ${then}`,
      mark: `saved v${then}`,
    },
    ...changeLinks(written, changes, { then, now }),
    {
      role: 'needed',
      nodes: [node],
      place: start,
      text: `the backward of ${label}${lineText(written, start)}`,
      deed: `needs version ${then}`,
      mark: `∂ needs v${then}`,
    },
  ];
}

/** Versions are told where all that counted them up is known; an optimizer's step may count up several. */
function changeLinks(
  written: Written,
  changes: readonly Change[],
  { then, now }: Pick<Told, 'then' | 'now'>,
): ErrorLink[] {
  const total = changes.reduce((sum, { count }) => sum + count, 0);
  const isWhole = total === now - then;
  const isAll = isWhole || (total > 0 && changes.every(({ update }) => update));
  let version = then;
  const links = changes.map((change, i): ErrorLink => {
    version += change.count;
    const last = isAll && i === changes.length - 1;
    return changeLink(written, change, isWhole ? version : last ? now : null);
  });
  return isAll ? links : [...links, unseenLink(now, links.length > 0)];
}

function changeLink(
  written: Written,
  { label, nodes, place, count }: Change,
  version: number | null,
): ErrorLink {
  const times = count === 1 ? '' : ` ${count} times`;
  const to = version === null ? '' : `${times && ','} to version ${version}`;
  return {
    role: 'changed',
    nodes: [...new Set(nodes)],
    place,
    text: `${label}${lineText(written, place)}`,
    deed: `changed it in place${times}${to}`,
    mark: version === null ? 'in place' : `in place: v${version}`,
  };
}

/** A write that the graph has no node for. */
function unseenLink(now: number, more: boolean): ErrorLink {
  const what = `what is not in the graph${more ? ' did so, too' : ' changed it in place since'}`;
  return { role: 'changed', nodes: [], place: null, text: '', deed: `${what}, to version ${now}`, mark: '' };
}

/** "its result y", "w", "a view of w", "what exp gave". */
function savedText(told: Telling, { node, saved }: Needed): string {
  if (saved.node === null) return `its ${saved.name}`;
  const made = told.nodes[saved.node];
  if (saved.node === node) return made?.name ? `its result ${made.name}` : 'its result';
  if (made?.kind !== 'op' || made.name !== null) return nameOf(told, saved.node);
  const origin = originOf(told, saved.node);
  return origin === null || origin === saved.node
    ? `what ${made.label} gave`
    : `a view of ${nameOf(told, origin)}`;
}

/** The line that it begins on, in which file; in an expression there is but one. */
function lineText({ document: doc, expression }: Written, place: Place | null): string {
  if (place === null || expression !== null) return '';
  const file = place.source > 0 ? `${doc.sources[place.source]?.name ?? 'another file'}, ` : '';
  return ` (${file}line ${place.line})`;
}

/** The steps with how an error came about in the sentence of each. */
export function tellChains(
  doc: Document,
  traced: readonly TracedStep[],
  chains: readonly ErrorChain[],
): readonly TracedStep[] {
  if (chains.length === 0) return traced;
  return traced.map((each) => {
    const chain = chains.find(({ step }) => step === each.step.index);
    const event = doc.events[each.step.index];
    if (chain === undefined || event?.kind !== 'error') return each;
    const parts = chain.links.map(({ text, deed }) => [text, deed].filter(Boolean).join(' '));
    return { ...each, step: { ...each.step, sentence: `${event.type}: ${parts.join('; ')}.` } };
  });
}
