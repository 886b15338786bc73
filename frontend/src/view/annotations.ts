/** What the editor is to show for a moment of playback. Pure. */
import type { Mark, Result } from '../interaction/marks';
import type { Problem } from '../interaction/editor';
import type { Model, ModelNode, Place } from '../model';
import type { Program } from '../state/program.svelte';
import { exactText } from './exact';

const PROGRAM = 0;

/** The expression at the playhead, and the one that made the selected node. */
export function marksAt(model: Model, step: number, selected: number | null): Mark[] {
  const current = model.steps[step];
  const marks: Mark[] = [];
  if (inProgram(current?.place)) marks.push({ place: current.place, kind: current.phase });
  const place = selected === null ? null : model.nodes[selected]?.place;
  if (inProgram(place)) marks.push({ place, kind: 'chosen' });
  return marks;
}

/**
 * For each line that is through, in the iteration shown, what it has made: the last value that got a name there, or
 * else the last value. An object's parts ("model.weight") say nothing about the line that made the object.
 */
export function resultsAt(model: Model, step: number): Result[] {
  const raised = new Set(model.document.cells.map(({ error }) => error?.end_line));
  const results: Result[] = [];
  for (const [line, made] of nodesByEnd(model)) {
    const shown = made.filter(({ id }) => model.shownAt(step).has(id));
    const nodes = shown.length > 0 ? shown : made;
    const last = model.stepOfNode(nodes.at(-1)?.id ?? -1) ?? Infinity;
    const told = nodes.findLast(({ name }) => name !== null) ?? nodes.at(-1);
    const value = told && last <= step ? model.valueAt(told.id, step) : null;
    if (value && !raised.has(line)) results.push({ line, text: value.text, exact: exactText(value) });
  }
  return results;
}

function nodesByEnd(model: Model): Map<number, ModelNode[]> {
  const lines = new Map<number, ModelNode[]>();
  for (const node of model.nodes) {
    if (!inProgram(node.place) || node.name?.includes('.')) continue;
    const made = lines.get(node.place.endLine);
    if (made === undefined) lines.set(node.place.endLine, [node]);
    else made.push(node);
  }
  return lines;
}

/** What is wrong with the program as it stands: what the server refused, or what a cell raised. */
export function problemOf(program: Program): Problem | null {
  const { refusal, document } = program;
  if (refusal) return refusal.span && { place: refusal.span, message: refusal.message };
  const error = program.fresh ? document?.error : null;
  if (!error || error.line === null || error.source !== PROGRAM) return null;
  const place = {
    line: error.line,
    column: error.column,
    endLine: error.end_line,
    endColumn: error.end_column,
  };
  return { place, message: `${error.type}: ${error.message}` };
}

function inProgram(place: Place | null | undefined): place is Place {
  return place?.source === PROGRAM;
}
