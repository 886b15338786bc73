/**
 * Losses: what the backward passes that one call has begun have begun at, over time. Two passes make a curve; those that
 * begin at parts of one result (the rows of a Hessian) make none, nor do those at what has no name and is made of gradients
 * alone (their product with a vector), beside others.
 */
import type { Curve, Document, DocumentPass, ModelEdge, ModelNode, ModelValue, Step } from './types';

type Point = Curve['points'][number];

interface Told {
  readonly nodes: readonly ModelNode[];
  readonly edges: readonly ModelEdge[];
  readonly values: readonly ModelValue[];
}

export function readLosses(doc: Document, told: Told, computed: readonly (Step | undefined)[]): Curve[] {
  const curves = new Map<string, Curve & { readonly points: Point[]; readonly roots: ModelNode[] }>();
  for (const pass of doc.passes) {
    const root = told.nodes[pass.roots[0] ?? -1];
    const point = root && pass.parent === null ? pointOf(doc, told, root, computed[root.id]) : null;
    if (!root || point === null) continue;
    const name = root.name ?? root.label;
    const key = `${placeOf(pass)} ${name}`;
    const curve = curves.get(key) ?? { name, points: [], roots: [] };
    if (curve.points.at(-1)?.step !== point.step) curve.points.push(point);
    curve.roots.push(root);
    curves.set(key, curve);
  }
  const all = Array.from(curves.values()).filter(
    ({ points, roots }) => points.length > 1 && !arePartsOfOne(told, roots),
  );
  const losses = all.filter(
    ({ roots: [root] }) => root && (root.name !== null || !isOfGradients(doc, told, root)),
  );
  return (losses.length > 0 ? losses : all)
    .map(({ name, points }) => ({ name, points: points.sort(bySteps) }))
    .sort((a, b) => b.points.length - a.points.length);
}

function pointOf(doc: Document, told: Told, root: ModelNode, step: Step | undefined): Point | null {
  const value = told.values[doc.nodes[root.id]?.value ?? -1];
  if (value?.scalar == null || step === undefined) return null;
  return { step: step.index, number: value.scalar, value: value.id };
}

/** Whether one that follows another, and is another, was made of the same result. */
function arePartsOfOne({ nodes, edges }: Told, roots: readonly ModelNode[]): boolean {
  const sources = roots.map(({ incoming }) => incoming.map((id) => edges[id]?.source ?? -1));
  const isResult = (id: number): boolean => nodes[id]?.kind === 'op' && nodes[id].requiresGrad;
  return sources.some(
    (own, i) => roots[i] !== roots[i - 1] && own.some((id) => isResult(id) && sources[i - 1]?.includes(id)),
  );
}

/** Whether all that a gradient flows back to from here are gradients that a pass computed. */
function isOfGradients({ nodes: kept }: Document, { nodes, edges }: Told, root: ModelNode): boolean {
  const seen = new Set([root]);
  for (const { incoming } of seen) {
    for (const edge of incoming) {
      const source = nodes[edges[edge]?.source ?? -1];
      if (!source?.requiresGrad || kept[source.id]?.made_in != null) continue;
      if (source.kind === 'leaf') return false;
      seen.add(source);
    }
  }
  return true;
}

function placeOf({ source, line, column, end_line, end_column }: DocumentPass): string {
  return [source, line, column, end_line, end_column].join(':');
}

function bySteps(a: Point, b: Point): number {
  return a.step - b.step;
}
