/** What the editor marks for a moment of playback: the expression at the playhead, and the selection's. Pure. */
import type { Mark } from '../interaction/marks';
import type { Model, Place } from '../model';

const PROGRAM = 0;

/** The expression at the playhead, and the one that made the selected node. */
export function marksAt(model: Model, step: number, selected: number | null, source = PROGRAM): Mark[] {
  const current = model.steps[step];
  const marks: Mark[] = [];
  if (isIn(source, current?.place)) marks.push({ place: current.place, kind: current.phase });
  const place = selected === null ? null : model.nodes[selected]?.place;
  if (isIn(source, place)) marks.push({ place, kind: 'chosen' });
  return marks;
}

/** Whether a place is in this one of the sources. */
export function isIn(source: number, place: Place | null | undefined): place is Place {
  return place?.source === source;
}

export function inProgram(place: Place | null | undefined): place is Place {
  return isIn(PROGRAM, place);
}
