/** One English sentence for each event, with its numbers: the timeline read aloud. */
import { addsUp } from './additions';
import { formatNumber } from './numbers';
import { sizeText } from './values';
import type { Change, DocumentEvent, Flow, ModelEdge, ModelNode, ModelValue } from './types';

/** A tensor by its size, as `text` tells it; what else is told is a number. */
const IS_DESCRIBED = /^an? /;
/** As it is read: eight, eighty, eleven, eighteen. */
const BEGINS_WITH_VOWEL = /^(?:8|1[18](?!\d))/;

/** So many outputs are told of by their names. */
const MOST_PARTS = 4;
/** So many gradients that arrive are told where there are more than one beyond: the rest must fit two lines of a phone. */
const FEW_ARRIVALS = 2;

/** What a sentence may speak of. */
export interface Telling {
  readonly nodes: readonly ModelNode[];
  readonly edges: readonly ModelEdge[];
  readonly values: readonly ModelValue[];
}

/**
 * What flowed at an event; at a backward step also what was received, what came along each edge to make it, and, where
 * the program's hooks changed what arrived, what it was before.
 */
export interface Flowed {
  readonly flows: readonly Flow[];
  readonly received: number | null;
  /** Where gradients arrived at several outputs: what each got, null for none; else empty. */
  readonly apart: readonly (number | null)[];
  readonly parts: readonly Flow[];
  readonly unhooked: number | null;
}

/** The sentence for an event and what flowed at it. */
export function sentenceOf(told: Telling, event: DocumentEvent, flowed: Flowed): string {
  switch (event.kind) {
    case 'forward':
      return forward(told, event.node, flowed.flows, event.values);
    case 'backward':
      return backward(told, event.node, flowed);
    case 'retain':
      return `${nameOf(told, event.node)} keeps its gradient, as retain_grad() asked: ${accumulate(told, event.node, event, { ...flowed, parts: [] })}`;
    case 'accumulate':
      return accumulate(told, event.node, event, flowed);
    case 'grad-cleared':
      return cleared(told, event.node, event);
    case 'grad-changed':
      return `${nameOf(told, event.node)}.grad is changed from ${full(told, event.before)} to ${full(told, event.after)}.`;
    case 'update':
      return `${nameOf(told, event.node)} changes in place from ${full(told, event.before)} to ${full(told, event.after)}.`;
    case 'print':
      return event.text.trim() === ''
        ? 'The program prints an empty line.'
        : `The program prints “${shorten(event.text.trim())}”.`;
    case 'warning':
      return `Warning: ${shorten(event.message)}`;
    case 'error':
      return `${event.type}: ${shorten(inOneLine(event.message), MOST_OF_ERROR)}`;
  }
}

/** Lines one after the other, each as a sentence of its own. */
function inOneLine(message: string): string {
  return message.replace(/([^\s.:;,!?(])\s*\n\s*(?=[A-Z`])/g, '$1. ').replace(/\s+/g, ' ');
}

/** What a node is called in a sentence: its name in the program, else its operation. */
export function nameOf(told: Telling, node: number): string {
  const known = told.nodes[node];
  return known?.name ?? known?.label ?? `node ${node}`;
}

function forward(
  told: Telling,
  id: number,
  flows: readonly Flow[],
  values: readonly (number | null)[],
): string {
  const node = told.nodes[id];
  const name = nameOf(told, id);
  const value = values[0] ?? null;
  if (node?.kind === 'leaf') return `${name} enters as a leaf: ${full(told, value)}.`;
  if (node?.kind === 'input') return `${name} enters as plain data: ${full(told, value)}.`;
  const taken = flows.map((flow) => `${sourceOf(told, flow)} (${text(told, flow.value)})`);
  const label = node?.label ?? 'the operation';
  const inputs = taken.length > 0 ? ` takes ${listed(taken)} and` : '';
  return `${label}${inputs} gives ${given(told, node, values)}.`;
}

/** What an operation gives, by its name; of several outputs those that have one. */
function given(told: Telling, node: ModelNode | undefined, values: readonly (number | null)[]): string {
  const parts = values.flatMap((value, i) => {
    const name = node?.parts[i] ?? '';
    return name === '' ? [] : [`${name} = ${full(told, value)}`];
  });
  if (parts.length > 0) return listed(parts.slice(0, MOST_PARTS));
  return `${node?.name ? `${node.name} = ` : ''}${full(told, values[0] ?? null)}`;
}

function backward(told: Telling, id: number, flowed: Flowed): string {
  const { flows, received, parts, unhooked } = flowed;
  const name = nameOf(told, id);
  const arrived = unhooked ?? received;
  const sum = summed(told, parts, arrived);
  const hooked = unhooked === null ? '' : `; a hook makes it ${full(told, received)}`;
  if (told.nodes[id]?.kind === 'leaf' && arrived === null) return `No gradient reaches ${name}.`;
  if (told.nodes[id]?.kind === 'leaf')
    return `The gradient${apposed(told, arrived)} reaches ${name}${sum}${hooked}.`;
  const one =
    arrived === null
      ? `At ${name} the gradient arrives`
      : `At ${name} the gradient${apposed(told, arrived)} arrives${sum}${hooked}`;
  const arrives = flowed.apart.length > 0 ? several(told, id, flowed.apart) : one;
  if (flows.length === 0) return `${arrives}; nothing flows further back.`;
  const sent = flows.map(
    (flow, i) => `${full(told, flow.value)}${i === 0 ? ' flows back' : ''} to ${sourceOf(told, flow)}`,
  );
  return `${arrives}; ${listed(sent)}.`;
}

/** The gradients that arrive at several outputs, each with the name of its output. */
function several(told: Telling, id: number, apart: readonly (number | null)[]): string {
  const names = told.nodes[id]?.parts ?? [];
  const each = apart.flatMap((value, i) =>
    value === null ? [] : [`${full(told, value)} at ${names[i] || `output ${i + 1}`}`],
  );
  const more = each.length - FEW_ARRIVALS;
  const all = listed(more > 1 ? [...each.slice(0, FEW_ARRIVALS), `${more} more`] : each);
  return names.some((name) => name !== '')
    ? `Gradients arrive, ${all}`
    : `At ${nameOf(told, id)} gradients arrive, ${all}`;
}

/** What a gradient is the sum of, where it came along several edges; nothing where these are not all of it. */
function summed(told: Telling, parts: readonly Flow[], whole: number | null): string {
  const total = whole === null ? undefined : told.values[whole];
  const terms = parts.flatMap(({ value }) => (value === null ? [] : (told.values[value] ?? [])));
  if (total === undefined || terms.length < 2 || !addsUp(terms, total)) return '';
  const each = parts.map((part) => `${full(told, part.value)} from ${targetOf(told, part)}`);
  return `, the sum of ${listed(each)}`;
}

function accumulate(told: Telling, id: number, change: Change, { parts, unhooked }: Flowed): string {
  const grad = `${nameOf(told, id)}.grad`;
  const added = full(told, change.added);
  const hooked = unhooked === null ? '' : `, which a hook made of ${full(told, unhooked)}`;
  if (change.before === null)
    return `${grad} was None and becomes ${full(told, change.after)}${hooked || summed(told, parts, change.after)}.`;
  return `${grad} was ${full(told, change.before)}; ${added}${hooked}${hooked && ','} is added, which makes ${full(told, change.after)}.`;
}

function cleared(told: Telling, id: number, change: Pick<Change, 'before' | 'after'>): string {
  const was = change.before === null ? '' : `; it was ${full(told, change.before)}`;
  return `${nameOf(told, id)}.grad is set to ${change.after === null ? 'None' : 'zero'}${was}.`;
}

function sourceOf(told: Telling, flow: Flow): string {
  const edge = told.edges[flow.edge];
  if (edge === undefined) return `edge ${flow.edge}`;
  return told.nodes[edge.source]?.parts[edge.outputNr] || nameOf(told, edge.source);
}

function targetOf(told: Telling, flow: Flow): string {
  const edge = told.edges[flow.edge];
  return edge ? nameOf(told, edge.target) : `edge ${flow.edge}`;
}

/** A number, or what a tensor is with its norm or what is wrong with it: "a 4×1 tensor of norm 2.3". */
function full(told: Telling, value: number | null): string {
  const said = text(told, value);
  const known = value === null ? undefined : told.values[value];
  if (known === undefined || !IS_DESCRIBED.test(said)) return said;
  if (!known.finite) return `${said} with ${known.nan ? 'NaN' : 'infinities'}`;
  return known.norm === null ? said : `${said} of norm ${formatNumber(known.norm)}`;
}

function text(told: Telling, value: number | null): string {
  const known = value === null ? undefined : told.values[value];
  if (known === undefined) return 'None';
  return known.text === sizeText(known.shape) ? tensorOf(known.text) : known.text;
}

/** "a 4×3 tensor", "an 8×3 tensor": of this size. */
export function tensorOf(size: string): string {
  return `${BEGINS_WITH_VOWEL.test(size) ? 'an' : 'a'} ${size} tensor`;
}

/** A number follows its noun as it is, a description between commas. */
function apposed(told: Telling, value: number | null): string {
  const said = full(told, value);
  return IS_DESCRIBED.test(said) ? `, ${said},` : ` ${said}`;
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

/** In characters: what went wrong is worth more lines than what a program prints. */
const MOST = 160;
const MOST_OF_ERROR = 800;

function shorten(message: string, most = MOST): string {
  const [line = '', more] = message.split('\n');
  if (line.length > most) return `${line.slice(0, most - 1)}…`;
  return more === undefined ? line : `${line} …`;
}
