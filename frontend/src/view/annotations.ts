/** What the editor is to show for a moment of playback. Pure. */
import type { Mark, Result } from '../interaction/marks';
import type { Problem } from '../interaction/editor';
import type { Model, ModelValue, Place } from '../model';
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
 * For each line, what it has made so far: the last value that got a name there, or else the last value.
 * An object's parts ("model.weight") say nothing about the line that made the object.
 */
export function resultsAt(model: Model, step: number): Result[] {
  const named = new Map<number, ModelValue>();
  const unnamed = new Map<number, ModelValue>();
  for (const { id, name, place } of model.nodes) {
    const value = inProgram(place) ? model.valueAt(id, step) : null;
    if (!place || !value || name?.includes('.')) continue;
    (name === null ? unnamed : named).set(place.endLine, value);
  }
  const lines = [...new Map([...unnamed, ...named])];
  return lines.map(([line, value]) => ({ line, text: value.text, exact: exactText(value) }));
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
