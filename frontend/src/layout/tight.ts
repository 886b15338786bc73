/** A spanning tree of edges that are exactly as long as their least length: where the simplex begins. */
import { int, real, type Rows } from './arrays';
import { Heap } from './heap';
import type { Spacing } from './simplex';

/** Grows a tree from vertex 0; all of it moves by the least slack around it, so that one more edge becomes tight. */
export function tightTree(
  spacing: Spacing,
  incident: Rows,
  start: Float64Array,
): { places: Float64Array; edges: number[] } {
  const { tail, head, least } = spacing;
  const places = start.slice();
  const inside = new Uint8Array(spacing.count);
  const edges: number[] = [];
  const [into, outOf] = [new Heap(), new Heap()];
  let shift = 0;
  const enter = (v: number): void => {
    inside[v] = 1;
    places[v] = real(places, v) - shift;
    for (let k = int(incident.starts, v); k < int(incident.starts, v + 1); k++) {
      const e = int(incident.items, k);
      const other = int(tail, e) === v ? int(head, e) : int(tail, e);
      if (inside[other]) continue;
      const isHead = int(head, e) === v;
      const way = isHead ? real(places, v) - real(places, other) : real(places, other) - real(places, v);
      (isHead ? into : outOf).push(e, way - real(least, e));
    }
  };
  const outside = (e: number): boolean => !inside[int(tail, e)] || !inside[int(head, e)];
  enter(0);
  for (;;) {
    while (into.size > 0 && !outside(into.top)) into.pop();
    while (outOf.size > 0 && !outside(outOf.top)) outOf.pop();
    if (into.size + outOf.size === 0) break;
    const slackInto = into.size > 0 ? into.least + shift : Infinity;
    const slackOutOf = outOf.size > 0 ? outOf.least - shift : Infinity;
    const e = slackInto < slackOutOf ? into.pop() : outOf.pop();
    shift += slackInto < slackOutOf ? -slackInto : slackOutOf;
    edges.push(e);
    enter(inside[int(tail, e)] ? int(head, e) : int(tail, e));
  }
  for (let v = 0; v < spacing.count; v++) places[v] = real(places, v) + shift;
  return { places, edges };
}
