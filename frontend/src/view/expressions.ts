/** An expression beside the program that was run for it: where the one lies in the other, and what came of it. Pure. */
import type { Problem } from '../interaction/assistance';
import type { Mark } from '../interaction/marks';
import type { PlaceLike } from '../interaction/places';
import { placeOfExpression, type Document, type Model, type ModelValue } from '../model';
import { isInput, type Inputs } from '../state/expression.svelte';
import type { Program } from '../state/program.svelte';
import { marksAt } from './annotations';
import { problemsOf } from './problems';

const WHOLE: PlaceLike = { line: 1, column: null, endLine: null, endColumn: null };

/** From a place in the program to one in the expression; null for what lies elsewhere. */
type Shift = (place: PlaceLike) => PlaceLike | null;

function shiftTo(expression: string, document: Document): Shift {
  const whole = placeOfExpression(document);
  const indent = expression.length - expression.trimStart().length;
  return (place) => {
    if (!whole || place.line !== whole.line || (place.endLine ?? place.line) !== place.line) return null;
    if ((place.column ?? 0) < whole.column) return null;
    const back = (value: number | null) => (value === null ? null : value - whole.column + indent);
    return { line: 1, column: back(place.column), endLine: 1, endColumn: back(place.endColumn) };
  };
}

export function placeInExpression(
  expression: string,
  document: Document,
  place: PlaceLike,
): PlaceLike | null {
  return shiftTo(expression, document)(place);
}

export function expressionMarks(
  expression: string,
  model: Model,
  step: number,
  selected: number | null,
): Mark[] {
  const shift = shiftTo(expression, model.document);
  return marksAt(model, step, selected).flatMap((mark) => {
    const place = shift(mark.place);
    return place ? [{ ...mark, place }] : [];
  });
}

type Run = Pick<Program, 'refusal' | 'document' | 'fresh'>;

/** What the server refused stands in the expression as it was typed; what was raised, in the program made of it. */
export function expressionProblems(expression: string, run: Run): Problem[] {
  const problems = problemsOf(run);
  if (run.refusal || !run.document) return problems;
  const shift = shiftTo(expression, run.document);
  return problems.map((problem) => ({ ...problem, place: shift(problem.place) ?? WHOLE }));
}

/** The message of what is wrong, null where nothing is; a refusal may have no place. */
export function whatIsWrong({ refusal, document, fresh }: Run): string | null {
  if (refusal) return refusal.message;
  if (!fresh || !document?.error) return null;
  const { type, message, line } = document.error;
  const whole = placeOfExpression(document);
  const after = whole !== null && line !== null && line > whole.endLine;
  return `${after ? 'No gradient can begin at what this comes to. ' : ''}${type}: ${message}`;
}

/** The inputs that a message gives as an example, to be filled in. */
export function exampleInputs(message: string | null): Inputs | null {
  const found = /for example (\{.*\})/s.exec(message ?? '')?.[1];
  if (found === undefined) return null;
  try {
    const inputs = JSON.parse(found) as Inputs;
    return Object.values(inputs).every(isInput) ? inputs : null;
  } catch {
    return null;
  }
}

/** What an input's leaf has as its gradient at the end of the program. */
export function gradientOf(model: Model, name: string): ModelValue | null {
  const leaf = model.document.leaves.find((each) => each.name === name);
  return leaf?.grad == null ? null : (model.values[leaf.grad] ?? null);
}

/** What the expression comes to: the value that its gradients begin at, or else the last with a name that was computed. */
export function resultOf(model: Model): ModelValue | null {
  const begin = model.document.passes[0]?.roots[0];
  const node =
    begin === undefined
      ? (model.nodes.findLast(({ kind, names }) => kind === 'op' && names.length > 0) ?? model.nodes.at(-1))
      : model.nodes[begin];
  return node ? model.valueAt(node.id, model.steps.length - 1) : null;
}
