/** How a leaf's value and gradient change as it is updated. Pure. */
import {
  formatNumber,
  magnitudeOf,
  type Model,
  type ModelNode,
  type ModelValue,
  type StepKind,
} from '../../model';
import { elementsOf, indexText } from './elements';

/** One number over the steps at which it changed. */
export interface Course {
  readonly name: string;
  readonly points: readonly { readonly step: number; readonly number: number }[];
}

/** Elements of tensors larger than this are told by their norm. */
const MOST_ELEMENTS = 6;

const OF_VALUE: ReadonlySet<StepKind> = new Set(['forward', 'update']);
const OF_GRADIENT: ReadonlySet<StepKind> = new Set(['accumulate', 'grad-changed']);

/** The course of each element, or of the norm; none where the leaf was never updated. */
export function valueCourses(model: Model, node: ModelNode): Course[] {
  return courses(model, node, OF_VALUE, (step) => model.valueAt(node.id, step));
}

export function gradientCourses(model: Model, node: ModelNode): Course[] {
  return courses(model, node, OF_GRADIENT, (step) => model.gradAt(node.id, step));
}

function courses(
  model: Model,
  node: ModelNode,
  kinds: ReadonlySet<StepKind>,
  valueAt: (step: number) => ModelValue | null,
): Course[] {
  if (node.kind !== 'leaf') return [];
  const moments = model.stepsOfNode(node.id).flatMap((step) => {
    const value = kinds.has(model.steps[step]?.kind ?? 'print') ? valueAt(step) : null;
    return value ? [{ step, value }] : [];
  });
  if (moments.length < 2) return [];
  const first = moments[0]?.value;
  const elements = first ? elementsOf(first) : null;
  if (!elements || elements.blocks || elements.items.length > MOST_ELEMENTS) {
    return [
      { name: 'norm', points: moments.map(({ step, value }) => ({ step, number: value.norm ?? NaN })) },
    ];
  }
  return elements.items.map((_, i) => ({
    name: indexText(elements, i),
    points: moments.map(({ step, value }) => {
      return { step, number: magnitudeOf(elementsOf(value)?.items[i] ?? null) };
    }),
  }));
}

/** "from 0.5 to 2.98 in 20 updates", of the first course. */
export function courseTitle([first]: readonly Course[]): string {
  const [from, to] = [first?.points[0], first?.points.at(-1)];
  if (!from || !to) return '';
  const changes = (first?.points.length ?? 1) - 1;
  return `from ${formatNumber(from.number)} to ${formatNumber(to.number)} in ${changes} ${changes === 1 ? 'change' : 'changes'}`;
}
