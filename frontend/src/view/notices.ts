/** What a reader should know of a run besides its picture: where it was stopped, what was cut, what was found. Pure. */
import { formatNumber, grouped, type Document, type Model } from '../model';
import { stoppedText, type Stopped } from './outcome';
import { lineTitle } from './titles';

export interface Notice {
  readonly severity: 'error' | 'warning' | 'info';
  readonly text: string;
}

/** An expression has no lines to name. */
export function noticesOf({ document, expression }: Pick<Model, 'document' | 'expression'>): Notice[] {
  const { stopped, truncated, diagnostics, unseen, past = [] } = document;
  const at = (line: number | null): string => lineTitle(expression ? null : line);
  return [
    ...(stopped
      ? [{ severity: 'error' as const, text: stoppedNotice(document, stopped, expression === null) }]
      : []),
    ...diagnostics.map(({ severity, message, line }) => ({ severity, text: `${at(line)}${message}` })),
    ...unseen.map(({ message, line }) => ({
      severity: 'warning' as const,
      text: `Not seen: ${at(line)}${message}`,
    })),
    ...truncated.filter(isNews).map((cut) => ({ severity: 'info' as const, text: cutText(cut) })),
    ...pastTexts(past, at).map((text) => ({ severity: 'info' as const, text })),
  ];
}

/** What a line was stopped by stands under it. */
function stoppedNotice(document: Document, stopped: Stopped, lines: boolean): string {
  const text = stoppedText(document, stopped);
  if (!lines || stopped.line === null) return text;
  return `Stopped in line ${stopped.line}.${text.slice(stopped.message.length)}`;
}

/** Whether a reader is to be told: a tensor of many numbers is a picture, and shows so wherever it stands. */
function isNews({ limit }: Document['truncated'][number]): boolean {
  return limit !== 'element_count';
}

function cutText({ what, count, limit, value }: Document['truncated'][number]): string {
  const many = grouped(count);
  if (limit === 'value_bytes')
    return `Of ${many} tensors not every number is here, for a run may send ${Math.round(value / 2 ** 20)} MB of them; their shapes, statistics and coarser pictures are.`;
  if (limit === 'keep')
    return `${many} earlier ${what} are not here: this recording keeps the last ${grouped(value)}.`;
  return `${many} ${what} are not here: at most ${grouped(value)} are kept.`;
}

/** What the passes that were forgotten began at, first and last, and where a gradient of theirs went wrong. */
function pastTexts(past: NonNullable<Document['past']>, at: (line: number | null) => string): string[] {
  const last = past.at(-1);
  const alike = past.filter(
    ({ source, line, column }) => source === last?.source && line === last.line && column === last.column,
  );
  const [from, to] = [alike[0]?.roots[0], alike.at(-1)?.roots[0]];
  const spoilt = past.findIndex(({ gradients }) => gradients.some(({ norm }) => typeof norm === 'string'));
  return [
    ...(alike.length > 1 && from != null && to != null
      ? [
          `${at(last?.line ?? null)}the loss was ${formatNumber(from)} in the first of these passes and ${formatNumber(to)} in the last.`,
        ]
      : []),
    ...(spoilt >= 0 ? [`The gradients of pass ${spoilt + 1} were the first that are not finite.`] : []),
  ];
}
