/** What a reader should know of a run besides its picture: where it was stopped, what was cut, what was found. Pure. */
import type { Document } from '../model';
import { lineTitle } from './titles';

export interface Notice {
  readonly severity: 'error' | 'warning' | 'info';
  readonly text: string;
}

export function noticesOf({ stopped, truncated, diagnostics, unseen }: Document): Notice[] {
  return [
    ...(stopped
      ? [{ severity: 'error' as const, text: `${lineTitle(stopped.line)}${stopped.message}` }]
      : []),
    ...diagnostics.map(({ severity, message, line }) => ({ severity, text: `${lineTitle(line)}${message}` })),
    ...unseen.map(({ message, line }) => ({
      severity: 'warning' as const,
      text: `Not seen: ${lineTitle(line)}${message}`,
    })),
    ...truncated.map(({ what, count, limit, value }) => ({
      severity: 'info' as const,
      text: `${count} × ${what} left out: the limit ${limit} is ${value}.`,
    })),
  ];
}
