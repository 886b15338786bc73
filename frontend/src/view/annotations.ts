/** What the editor is to show for a moment of playback. Pure. */
import type { Mark, Result } from '../interaction/marks';
import type { Problem } from '../interaction/editor';
import type { Model, ModelNode, ModelValue, Place } from '../model';
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

/** For each line, the value of the last node that was made on it, as known at `step`. */
export function resultsAt(model: Model, step: number): Result[] {
  const last = new Map<number, { node: ModelNode; value: ModelValue }>();
  for (const node of model.nodes) {
    const value = inProgram(node.place) ? model.valueAt(node.id, step) : null;
    if (node.place && value) last.set(node.place.endLine, { node, value });
  }
  return [...last].map(([line, { value }]) => ({ line, text: value.text, exact: exactText(value) }));
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
