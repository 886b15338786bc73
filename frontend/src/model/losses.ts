/** Losses: what the backward passes that one call has begun have begun at, over time. Two passes make a curve. */
import type { Curve, Document, DocumentPass, ModelNode, ModelValue, Step } from './types';

type Point = Curve['points'][number];

interface Told {
  readonly nodes: readonly ModelNode[];
  readonly values: readonly ModelValue[];
}

export function readLosses(doc: Document, told: Told, computed: readonly (Step | undefined)[]): Curve[] {
  const curves = new Map<string, { readonly name: string; readonly points: Point[] }>();
  for (const pass of doc.passes) {
    const root = told.nodes[pass.roots[0] ?? -1];
    const point = root && pass.parent === null ? pointOf(doc, told, root, computed[root.id]) : null;
    if (!root || point === null) continue;
    const name = root.name ?? root.label;
    const key = `${placeOf(pass)} ${name}`;
    const curve = curves.get(key) ?? { name, points: [] };
    if (curve.points.at(-1)?.step !== point.step) curve.points.push(point);
    curves.set(key, curve);
  }
  return Array.from(curves.values(), ({ name, points }) => ({ name, points: points.sort(bySteps) }))
    .filter(({ points }) => points.length > 1)
    .sort((a, b) => b.points.length - a.points.length);
}

function pointOf(doc: Document, told: Told, root: ModelNode, step: Step | undefined): Point | null {
  const value = told.values[doc.nodes[root.id]?.value ?? -1];
  if (value?.scalar == null || step === undefined) return null;
  return { step: step.index, number: value.scalar, value: value.id };
}

function placeOf({ source, line, column, end_line, end_column }: DocumentPass): string {
  return [source, line, column, end_line, end_column].join(':');
}

function bySteps(a: Point, b: Point): number {
  return a.step - b.step;
}
