import { describe, expect, it } from 'vitest';

import type { Document } from '../model';
import { noticesOf } from './notices';

describe('noticesOf', () => {
  it('says where the run was stopped, what was found, not seen and cut', () => {
    const document = {
      stopped: { limit: 'cpu_seconds', value: 5, line: 3, message: 'The program used up its 5 seconds.' },
      diagnostics: [{ severity: 'warning', message: 'Gradients vanish.', line: null }],
      unseen: [{ kind: 'thread', message: 'Another thread ran a backward pass.', line: 7 }],
      truncated: [{ what: 'value data', limit: 'value_bytes', value: 8388608, count: 12 }],
    } as unknown as Document;
    expect(noticesOf(document)).toEqual([
      { severity: 'error', text: 'Line 3: The program used up its 5 seconds.' },
      { severity: 'warning', text: 'Gradients vanish.' },
      { severity: 'warning', text: 'Not seen: Line 7: Another thread ran a backward pass.' },
      { severity: 'info', text: '12 × value data left out: the limit value_bytes is 8388608.' },
    ]);
  });
});
