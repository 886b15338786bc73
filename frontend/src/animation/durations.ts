/** How long each kind of step plays, in milliseconds at speed 1. */
import type { Step, StepKind } from '../model/types';

const DURATIONS: Readonly<Record<StepKind, number>> = {
  forward: 700,
  backward: 900,
  accumulate: 800,
  retain: 450,
  'grad-cleared': 450,
  'grad-changed': 600,
  update: 600,
  print: 120,
  warning: 120,
  error: 900,
};

/** A leaf or an input only appears: nothing travels to it. */
const APPEARING = 300;

export function durationOf(step: Step): number {
  const appears = step.flows.length === 0 && (step.kind === 'forward' || step.kind === 'backward');
  return appears ? APPEARING : DURATIONS[step.kind];
}
