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
    ...truncated.map((cut) => ({ severity: 'info' as const, text: cutText(cut) })),
  ];
}

function cutText({ what, count, limit, value }: Document['truncated'][number]): string {
  const many = count.toLocaleString('en');
  if (limit === 'value_bytes')
    return `Of ${many} tensors not every number is here, for a run may send ${Math.round(value / 2 ** 20)} MB of them; their shapes, statistics and coarser pictures are.`;
  if (limit === 'keep')
    return `${many} earlier ${what} are not here: this recording keeps the last ${value}.`;
  return `${many} ${what} are not here: at most ${value} are kept.`;
}
