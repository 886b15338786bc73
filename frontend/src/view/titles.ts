/** What things are called on the page. Pure. */
import type { Program } from '../state/program.svelte';
import {
  counted,
  grouped,
  iterationAt,
  placeText,
  type Beginning,
  type Group,
  type GroupKind,
  type Iteration,
  type Model,
  type ModelEdge,
  type ModelNode,
  type Run,
  type Shown,
} from '../model';

/** "z = sin", "leaf w", "mul": the name in the program where there is one. */
export function nodeTitle(node: ModelNode): string {
  if (node.kind === 'op') return node.name ? `${node.name} = ${node.label}` : node.label;
  return `${node.kind} ${node.name ?? node.label}`;
}

/** Whose picture it is, where it is not that of the program as it stands; nothing where it is. */
export function earlierTitle(program: Pick<Program, 'fresh' | 'stale' | 'document'>): string {
  if (program.stale) return 'From the last run that worked';
  return program.document && !program.fresh ? 'From before the last change' : '';
}

/** The shortest thing to call a node by, among others. */
export function nodeName(node: ModelNode): string {
  return node.name ?? node.label;
}

/** "module h.0, GPT2Block, 37 operations". */
export function groupTitle(group: Group): string {
  const { type, operations } = group;
  return [groupName(group), type, counted(operations, 'operation')].filter(Boolean).join(', ');
}

/** "module h.0": its kind, where the name does not tell it, and its name. */
export function groupName({ kind, name }: Group): string {
  return `${KIND_TITLES[kind]}${name}`;
}

const KIND_TITLES: Readonly<Record<GroupKind, string>> = {
  module: 'module ',
  function: 'function ',
  loop: '',
  cell: '',
  backward: '',
  part: '',
};

/** "Graph of 4 nodes and 3 edges": of what is shown. */
export function graphTitle(model: Model | null, shown: Shown | null): string {
  const edges = shown?.nodes.flatMap((id) => model?.nodes[id]?.incoming ?? []) ?? [];
  const drawn = edges.filter((id) => shown?.has(model?.edges[id]?.source ?? -1));
  return `Graph of ${counted(shown?.nodes.length ?? 0, 'node')} and ${counted(drawn.length, 'edge')}`;
}

/** "Line 3: ", before what is said of it; nothing where there is no line. */
export function lineTitle(line: number | null): string {
  return line === null ? '' : `Line ${line}: `;
}

/** "First NaN: log, line 3", "First infinite gradient: sqrt, line 4, iteration 2 of 3": where and when it begins. */
export function beginningTitle(model: Model, { kind, gradient, node, step }: Beginning): string {
  const of = model.nodes[node];
  const place = of?.place ?? model.steps[step]?.place ?? null;
  const what = gradient ? `${kind === 'NaN' ? 'NaN' : 'infinite'} gradient` : kind;
  const turn = turnTitle(iterationAt(model.iterations, step));
  return [`First ${what}: ${of ? nodeTitle(of) : ''}`, place && placeText(model, place), turn]
    .filter(Boolean)
    .join(', ');
}

/** "step 14 of 22", "step 1,400 of 20,000"; before the first step, so. */
export function stepTitle(step: number, length: number): string {
  if (length === 0) return 'no steps';
  const of = grouped(length);
  return step < 0 ? `before step 1 of ${of}` : `step ${grouped(step + 1)} of ${of}`;
}

/** "iteration 3 of 20", "iteration 1 of 2, 3 of 20" in a loop within a loop; nothing outside of a training loop. */
export function turnTitle(iteration: Iteration | null): string {
  if (!iteration) return '';
  return `iteration ${iteration.turns.map(({ number, of }) => `${number} of ${of}`).join(', ')}`;
}

/** "steps 12 to 40", counted from 1. */
export function runTitle({ first, last }: Run): string {
  return first === last ? `step ${first + 1}` : `steps ${first + 1} to ${last + 1}`;
}

/** "input 2", counted from 1; nothing where there is but one. */
export function inputText(model: Model, { target, inputNr }: ModelEdge): string {
  return (model.nodes[target]?.incoming.length ?? 0) > 1 ? `input ${inputNr + 1}` : '';
}
