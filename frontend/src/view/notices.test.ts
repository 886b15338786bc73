import { describe, expect, it } from 'vitest';

import type { Document } from '../model';
import { noticesOf } from './notices';

describe('noticesOf', () => {
  it('says where the run was stopped, what was found, not seen and cut', () => {
    const document = {
      nodes: [{}],
      stopped: { limit: 'cpu_seconds', value: 5, line: 3, message: 'The program used up its 5 seconds.' },
      diagnostics: [{ severity: 'warning', message: 'Gradients vanish.', line: null }],
      unseen: [{ kind: 'thread', message: 'Another thread ran a backward pass.', line: 7 }],
      truncated: [
        { what: 'values', limit: 'value_bytes', value: 8388608, count: 2000 },
        { what: 'values', limit: 'element_count', value: 1024, count: 30 },
        { what: 'passes', limit: 'keep', value: 10, count: 90 },
      ],
      past: [2.5, 0.75, 0.125].map((root, i) => ({
        source: 0,
        line: 9,
        column: 4,
        roots: [root],
        gradients: [{ node: 0, norm: i > 0 ? 'NaN' : 1 }],
      })),
    } as unknown as Document;
    expect(noticesOf({ document, expression: null })).toEqual([
      {
        severity: 'error',
        text: 'Stopped in line 3. The picture shows what came before.',
      },
      { severity: 'warning', text: 'Gradients vanish.' },
      { severity: 'warning', text: 'Not seen: Line 7: Another thread ran a backward pass.' },
      {
        severity: 'info',
        text: 'Of 2,000 tensors not every number is here, for a run may send 8 MB of them; their shapes, statistics and coarser pictures are.',
      },
      { severity: 'info', text: '90 earlier passes are not here: this recording keeps the last 10.' },
      {
        severity: 'info',
        text: 'Line 9: the loss was 2.5 in the first of these passes and 0.125 in the last.',
      },
      { severity: 'info', text: 'The gradients of pass 2 were the first that are not finite.' },
    ]);
    const expression = { line: 3, column: 4, endLine: 3, endColumn: 9, source: 0 };
    const texts = noticesOf({ document, expression }).map(({ text }) => text);
    expect(texts[0]).toBe('The program used up its 5 seconds. The picture shows what came before.');
    expect(texts.join()).not.toMatch(/line/i);
  });
});
