/** What the timeline says of the step under the pointer. Pure. */
import { iterationAt, lastUpTo, type Model } from '../model';
import { exactText } from './exact';
import { turnTitle } from './titles';

export interface Hover {
  readonly step: number;
  /** Whether the pointer is over the loss rather than over the lanes. */
  readonly onCurve: boolean;
}

/** "Step 9: mul takes …", or over the curve the loss that is nearest: "loss is 0.1234 in iteration 3 of 20 (step 41)." */
export function hoverSentence(model: Model, { step, onCurve }: Hover): string {
  const nearest = onCurve ? nearestLosses(model, step) : [];
  if (nearest.length === 0) return `Step ${step + 1}: ${model.steps[step]?.sentence ?? ''}`;
  return nearest.join(' ');
}

function nearestLosses(model: Model, step: number): string[] {
  return model.losses.flatMap(({ name, points }) => {
    const point = nearestPoint(points, step);
    const value = model.values[point?.value ?? -1];
    if (!point || !value) return [];
    const turn = turnTitle(iterationAt(model.iterations, point.step));
    return [`${name} is ${exactText(value)}${turn ? ` in ${turn}` : ''} (step ${point.step + 1}).`];
  });
}

function nearestPoint<T extends { readonly step: number }>(
  points: readonly T[],
  step: number,
): T | undefined {
  const before = lastUpTo(points, step - 1);
  const after = points[before ? points.indexOf(before) + 1 : 0];
  if (!before || !after) return before ?? after;
  return step - (before.step + 1) <= after.step + 1 - step ? before : after;
}
