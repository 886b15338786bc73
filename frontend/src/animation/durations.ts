/**
 * How long each kind of step plays, in milliseconds at speed 1: such that who opens the page has seen, within ten seconds,
 * values go forward, gradients come back, and two of them add up.
 */
import type { Step, StepKind } from '../model/types';

const DURATIONS: Readonly<Record<StepKind, number>> = {
  forward: 400,
  backward: 500,
  accumulate: 600,
  retain: 400,
  'grad-cleared': 400,
  'grad-changed': 500,
  update: 500,
  print: 120,
  warning: 120,
  error: 900,
};

/** A leaf or an input only appears: nothing travels to it. */
const APPEARING = 200;

export function durationOf(step: Step): number {
  const appears = step.flows.length === 0 && (step.kind === 'forward' || step.kind === 'backward');
  return appears ? APPEARING : DURATIONS[step.kind];
}
