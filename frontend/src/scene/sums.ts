/** Where numbers add up: contributions that meet at a node, and a gradient dropping into a leaf's `.grad`. */
import type { Layout } from '../layout/types';
import { formatNumber } from '../model';
import type { Model, ModelValue } from '../model/types';
import { gradientToken } from './ink';
import { badge } from './marks';
import type { Moment } from './moment';
import type { Shape } from './types';

/** "2 + 0.5 = 2.5" above the node of the step in progress, where there is something to add. */
export function sumShapes(model: Model, layout: Layout, moment: Moment): Shape[] {
  const { step } = moment;
  const box = step?.node == null ? undefined : layout.nodes.get(step.node);
  if (step === null || box === undefined) return [];
  const sum = step.kind === 'accumulate' ? accumulated(model, moment) : meeting(model, layout, moment);
  if (sum === null) return [];
  const above = step.kind === 'accumulate' || layout.direction === 'right';
  const y = above ? box.y - box.height / 2 - 15 : box.y + box.height / 2 + 15;
  return badge(`sum:${box.id}`, { x: box.x, y }, sum.text, gradientToken(sum.total), 0.35);
}

interface Sum {
  readonly text: string;
  readonly total: ModelValue;
}

function accumulated(model: Model, { step }: Moment): Sum | null {
  const [before, added, after] = [step?.change?.before, step?.change?.added, step?.change?.after].map((id) =>
    id == null ? undefined : model.values[id],
  );
  if (after === undefined) return null;
  if (before === undefined || added === undefined) return null;
  return sumOf([before, added], after);
}

/** Contributions along the node's outgoing edges, as far as they make up what it received in this pass. */
function meeting(model: Model, layout: Layout, { step }: Moment): Sum | null {
  if (step === null || step.kind !== 'backward' || step.node === null) return null;
  const total = model.gradAt(step.node, step.index);
  const edges = (model.nodes[step.node]?.outgoing ?? []).filter((edge) => layout.edges.has(edge));
  const parts = edges.flatMap((edge) => model.edgeGradAt(edge, step.index) ?? []);
  return total === null ? null : sumOf(parts, total);
}

function sumOf(parts: readonly ModelValue[], total: ModelValue): Sum | null {
  const terms = parts.map((part) => part.scalar ?? NaN);
  const whole = total.scalar ?? NaN;
  const rest = Math.abs(terms.reduce((sum, term) => sum + term, 0) - whole);
  if (terms.length < 2 || terms.length > 4 || !(rest <= 1e-4 * Math.max(1, Math.abs(whole)))) return null;
  const left = terms.map((term, i) => (i === 0 ? formatNumber(term) : added(term))).join(' ');
  return { text: `${left} = ${formatNumber(whole)}`, total };
}

function added(term: number): string {
  return term < 0 ? `− ${formatNumber(-term)}` : `+ ${formatNumber(term)}`;
}
