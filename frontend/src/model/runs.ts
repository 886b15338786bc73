/** Runs of steps that one press steps over: those of the same line, node, pass or iteration, next to each other. */
import { iterationAt } from './iterations';
import type { Model, Run, Unit } from './types';

type Steps = Pick<Model, 'steps' | 'iterations'>;

/** The run that a step is in. */
export function runOf(model: Steps, unit: Unit, step: number): Run {
  const key = keyAt(model, unit, step);
  let [first, last] = [step, step];
  while (first > 0 && keyAt(model, unit, first - 1) === key) first--;
  while (last < model.steps.length - 1 && keyAt(model, unit, last + 1) === key) last++;
  return { first, last };
}

/**
 * The step to stand at after one more run (`delta` 1) or one fewer (-1); `done` is the last step that is over. A run is
 * stood at when all of it is over, an iteration when it begins: there one looks at what it does.
 */
export function stepOver(model: Steps, unit: Unit, done: number, delta: 1 | -1): number {
  if (unit === 'iteration') return iterationFrom(model, done, delta);
  if (delta === 1) return done + 1 < model.steps.length ? runOf(model, unit, done + 1).last : done;
  return done < 0 ? -1 : runOf(model, unit, done).first - 1;
}

/** The first step of an iteration; before the first one everything, after the last one the end. */
function iterationFrom({ steps, iterations }: Steps, done: number, delta: 1 | -1): number {
  const firsts = iterations.map(({ first }) => first);
  if (delta === 1) return firsts.find((first) => first > done) ?? steps.length - 1;
  return firsts.findLast((first) => first < done) ?? -1;
}

function keyAt({ steps, iterations }: Steps, unit: Unit, index: number): string | number | null {
  const step = steps[index];
  switch (unit) {
    case 'event':
      return index;
    case 'line':
      return step?.place ? `${step.place.source}:${step.place.line}` : null;
    case 'node':
      return step?.node ?? null;
    // What is no pass goes together: the forward steps and updates between two of them.
    case 'pass':
      return step?.pass ?? null;
    case 'iteration':
      return iterationAt(iterations, index)?.index ?? null;
  }
}
