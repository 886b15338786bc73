/** The model's text twin: one line per node, edge and step, and what is shown when where that changes. */
import type { Model } from './types';

export function modelToText(model: Model): string {
  const lines = [...nodeLines(model), ...edgeLines(model), ...stepLines(model), ...shownLines(model)];
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

function shownLines(model: Model): string[] {
  const changes = model.steps.filter(({ index }) => model.shownAt(index) !== model.shownAt(index - 1));
  return changes.map(({ index }) => `shown from step ${index}: ${model.shownAt(index).nodes.join(' ')}`);
}
