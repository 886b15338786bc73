import { describe, expect, it } from 'vitest';

import { documentFromHash, documentToHash, fromHash, toHash } from './address';

describe('address', () => {
  it('brings a program and a step back, whatever is in them', () => {
    const source = 'α = torch.tensor(3.0)  # ∂L/∂α 🙂\n\n' + 'x = x + 1\n'.repeat(2000);
    expect(fromHash(toHash({ source, step: 14, example: null }))).toEqual({
      source,
      step: 14,
      example: null,
    });
    for (const place of [
      { source: '', step: null, example: null },
      { source: 'x', step: -1, example: 'same-number-twice' },
    ])
      expect(fromHash(toHash(place))).toEqual(place);
  });

  it('uses only characters that need no escape in an address', () => {
    expect(toHash({ source: 'a?>~ÿ~>?'.repeat(9), step: 1, example: null })).toMatch(/^#p=[\w-]+&s=1$/);
  });

  it('compresses', () => {
    expect(toHash({ source: 'y = y * w\n'.repeat(500), step: null, example: null }).length).toBeLessThan(100);
  });

  it('knows what is none of its own', () => {
    for (const hash of ['', '#', '#s=3', '#p=%%%', '#p=notdeflate', '#something'])
      expect(fromHash(hash)).toBeNull();
    const place = { source: 'x', step: null, example: null };
    expect(fromHash(`${toHash(place)}&s=zwei&e=../x`)).toEqual(place);
  });
});

describe('documents', () => {
  it('have an address of this server, and a step', () => {
    const place = { address: '/open/run.json', step: 12 };
    expect(documentFromHash(documentToHash(place))).toEqual(place);
    expect(documentFromHash('#document=/open/run.json')).toEqual({ address: '/open/run.json', step: null });
  });

  it.each([
    ...[
      'https://elsewhere.example/a.json',
      '//elsewhere.example/a.json',
      '/\\elsewhere.example',
      'javascript:alert(1)',
    ],
    ...['run.json', '', '/', '/a?b', 'data:application/json,{}'],
  ])('%s is no address of this server', (address) => {
    expect(documentFromHash(`#document=${encodeURIComponent(address)}`)).toBeNull();
  });

  it('that came by other ways have none', () => {
    expect(documentToHash({ address: null, step: 3 })).toBe('#document=&s=3');
    expect(documentFromHash('#document=&s=3')).toBeNull();
  });
});
