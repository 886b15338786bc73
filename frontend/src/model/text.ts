/** The model's text twin: one line per node, edge, step, iteration and loss, and what is shown when where that changes. */
import type { Fold, Group, Item } from './folding';
import { formatNumber } from './numbers';
import type { Constant, Model } from './types';

export function modelToText(model: Model): string {
  const graph = [...nodeLines(model), ...edgeLines(model)];
  const lines = [...graph, ...stepLines(model), ...loopLines(model), ...shownLines(model)];
  return lines.join('\n') + '\n';
}

function nodeLines(model: Model): string[] {
  return model.nodes.map((node) => {
    const names = node.names.length > 0 ? ` ${node.names.join(', ')}` : '';
    const shape = node.shape === null ? '' : ` [${node.shape.join(', ')}]`;
    return `node ${node.id} ${node.kind} ${node.symbol}${names}${shape}`;
  });
}

function edgeLines(model: Model): string[] {
  return model.edges.map((edge) => {
    const cut = edge.cutReason === null ? '' : ` cut: ${edge.cutReason}`;
    return `edge ${edge.id} ${edge.source} -> ${edge.target} slot ${edge.inputNr}${cut}`;
  });
}

function stepLines(model: Model): string[] {
  return model.steps.map((step) => `step ${step.index} ${step.kind} ${step.sentence}`);
}

function loopLines({ iterations, losses }: Model): string[] {
  const turns = iterations.map(({ first, last, turns }) => {
    const counted = turns.map(({ number, of }) => `${number} of ${of}`).join(', ');
    return `iteration ${counted} from step ${first} to ${last}`;
  });
  const curves = losses.map(({ name, points }) => {
    return `loss ${name} ${points.map(({ step, number }) => `${step}: ${formatNumber(number)}`).join(', ')}`;
  });
  return [...turns, ...curves];
}

function shownLines(model: Model): string[] {
  const changes = model.steps.filter(({ index }) => model.shownAt(index) !== model.shownAt(index - 1));
  return changes.map(({ index }) => `shown from step ${index}: ${model.shownAt(index).nodes.join(' ')}`);
}

/** The text twin of what is visible: boxes, in them items, and edges. */
export function foldToText({ boxes, items, edges }: Fold): string {
  const inBox = (box: number | null): string => (box === null ? '' : ` in ${box}`);
  const lines = [
    ...Array.from(boxes.values(), ({ id, group, box }) => `box ${id} ${groupText(group)}${inBox(box)}`),
    ...Array.from(items.values(), (item) => `${itemText(item)}${inBox(item.box)}`),
    ...Array.from(edges.values(), ({ source, target, slot, edges: { length } }) => {
      const merged = length > 1 ? ` for ${length}` : '';
      return `edge ${source} -> ${target} slot ${slot}${merged}`;
    }),
  ];
  return lines.join('\n') + '\n';
}

function itemText(item: Item): string {
  if (item.kind === 'group') return `face ${item.id} ${groupText(item.group)}`;
  const { kind, name, symbol, constant } = item.node;
  const sign = constant === null ? symbol : constantText(symbol, constant);
  const appearance = item.id === item.node.id ? '' : ` for ${item.node.id}`;
  return `node ${item.id} ${kind} ${sign}${name === null || name === symbol ? '' : ` ${name}`}${appearance}`;
}

function groupText({ kind, name, type, operations }: Group): string {
  return `${kind} ${name}${type === null ? '' : ` (${type})`}, operations: ${operations}`;
}

function constantText(symbol: string, { text, before }: Constant): string {
  return before ? `${text} ${symbol}` : `${symbol} ${text}`;
}
