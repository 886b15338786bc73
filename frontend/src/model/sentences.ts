/** One English sentence for each event, with its numbers: the timeline read aloud. */
import { sizeText } from './values';
import type { Change, DocumentEvent, Flow, ModelEdge, ModelNode, ModelValue } from './types';

/** What a sentence may speak of. */
export interface Telling {
  readonly nodes: readonly ModelNode[];
  readonly edges: readonly ModelEdge[];
  readonly values: readonly ModelValue[];
}

/** The sentence for an event and what flowed at it. */
export function sentenceOf(
  told: Telling,
  event: DocumentEvent,
  flows: readonly Flow[],
  received: number | null,
): string {
  switch (event.kind) {
    case 'forward':
      return forward(told, event.node, flows, event.values[0] ?? null);
    case 'backward':
      return backward(told, event.node, flows, received);
    case 'accumulate':
    case 'retain':
      return accumulate(told, event.node, event);
    case 'grad-cleared':
      return cleared(told, event.node, event);
    case 'grad-changed':
      return `${nameOf(told, event.node)}.grad is changed from ${text(told, event.before)} to ${text(told, event.after)}.`;
    case 'update':
      return `${nameOf(told, event.node)} changes in place from ${text(told, event.before)} to ${text(told, event.after)}.`;
    case 'print':
      return `The program prints “${shorten(event.text.trim())}”.`;
    case 'warning':
      return `Warning: ${shorten(event.message)}`;
    case 'error':
      return `${event.type}: ${shorten(event.message)}`;
  }
}

/** What a node is called in a sentence: its name in the program, else its operation. */
export function nameOf(told: Telling, node: number): string {
  const known = told.nodes[node];
  return known?.name ?? known?.label ?? `node ${node}`;
}

function forward(told: Telling, id: number, flows: readonly Flow[], value: number | null): string {
  const node = told.nodes[id];
  const name = nameOf(told, id);
  if (node?.kind === 'leaf') return `${name} enters as a leaf: ${text(told, value)}.`;
  if (node?.kind === 'input') return `${name} enters as plain data: ${text(told, value)}.`;
  const taken = flows.map((flow) => `${sourceOf(told, flow)} (${text(told, flow.value)})`);
  const label = node?.label ?? 'the operation';
  const inputs = taken.length > 0 ? ` takes ${listed(taken)} and` : '';
  return `${label}${inputs} gives ${node?.name ? `${node.name} = ` : ''}${text(told, value)}.`;
}

function backward(told: Telling, id: number, flows: readonly Flow[], received: number | null): string {
  const name = nameOf(told, id);
  if (told.nodes[id]?.kind === 'leaf') return `The gradient${apposed(told, received)} reaches ${name}.`;
  const arrives =
    received === null ? 'the gradient arrives' : `the gradient${apposed(told, received)} arrives`;
  if (flows.length === 0) return `At ${name} ${arrives}; nothing flows further back.`;
  const sent = flows.map(
    (flow, i) => `${text(told, flow.value)}${i === 0 ? ' flows back' : ''} to ${sourceOf(told, flow)}`,
  );
  return `At ${name} ${arrives}; ${listed(sent)}.`;
}

function accumulate(told: Telling, id: number, change: Change): string {
  const grad = `${nameOf(told, id)}.grad`;
  const added = text(told, change.added);
  if (change.before === null) return `${grad} was None and becomes ${text(told, change.after)}.`;
  return `${grad} was ${text(told, change.before)}; ${added} is added, which makes ${text(told, change.after)}.`;
}

function cleared(told: Telling, id: number, change: Pick<Change, 'before' | 'after'>): string {
  const was = change.before === null ? '' : `; it was ${text(told, change.before)}`;
  return `${nameOf(told, id)}.grad is set to ${change.after === null ? 'None' : 'zero'}${was}.`;
}

function sourceOf(told: Telling, flow: Flow): string {
  const edge = told.edges[flow.edge];
  return edge ? nameOf(told, edge.source) : `edge ${flow.edge}`;
}

function text(told: Telling, value: number | null): string {
  const known = value === null ? undefined : told.values[value];
  if (known === undefined) return 'None';
  return known.text === sizeText(known.shape) ? `a ${known.text} tensor` : known.text;
}

/** A number follows its noun as it is, a description between commas. */
function apposed(told: Telling, value: number | null): string {
  const said = text(told, value);
  return said.startsWith('a ') ? `, ${said},` : ` ${said}`;
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

function shorten(message: string): string {
  const line = message.split('\n')[0] ?? '';
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}
