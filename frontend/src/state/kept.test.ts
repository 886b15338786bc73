import { afterEach, describe, expect, it, vi } from 'vitest';

import { storage } from '../fixtures/storage';
import { keep, kept, keptNumber } from './kept';

afterEach(() => vi.unstubAllGlobals());

describe('keep', () => {
  it('has for the next visit what was kept, and no more once it is let go', () => {
    vi.stubGlobal('localStorage', storage());
    keep('width', '420');
    expect([kept('width'), keptNumber('width')]).toEqual(['420', 420]);
    keep('width', 'wide');
    expect(keptNumber('width')).toBeNull();
    keep('width', null);
    expect(kept('width')).toBeNull();
  });

  it('goes without where the browser allows none', () => {
    const refuse = () => {
      throw new DOMException('no', 'SecurityError');
    };
    vi.stubGlobal('localStorage', { getItem: refuse, setItem: refuse, removeItem: refuse });
    keep('width', '420');
    expect(kept('width')).toBeNull();
  });
});
