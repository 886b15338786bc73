import { describe, expect, it } from 'vitest';

import { fromHash, toHash } from './address';

describe('address', () => {
  it('brings a program and a step back, whatever is in them', () => {
    const source = 'α = torch.tensor(3.0)  # ∂L/∂α 🙂\n\n' + 'x = x + 1\n'.repeat(2000);
    expect(fromHash(toHash({ source, step: 14 }))).toEqual({ source, step: 14 });
    expect(fromHash(toHash({ source: '', step: null }))).toEqual({ source: '', step: null });
    expect(fromHash(toHash({ source: 'x', step: -1 }))).toEqual({ source: 'x', step: -1 });
  });

  it('uses only characters that need no escape in an address', () => {
    expect(toHash({ source: 'a?>~ÿ~>?'.repeat(9), step: 1 })).toMatch(/^#p=[\w-]+&s=1$/);
  });

  it('compresses', () => {
    expect(toHash({ source: 'y = y * w\n'.repeat(500), step: null }).length).toBeLessThan(100);
  });

  it('knows what is none of its own', () => {
    for (const hash of ['', '#', '#s=3', '#p=%%%', '#p=notdeflate', '#something'])
      expect(fromHash(hash)).toBeNull();
    const { source } = { source: 'x' };
    expect(fromHash(toHash({ source, step: null }) + '&s=zwei')).toEqual({ source, step: null });
  });
});
