import { expect, test } from 'vitest';
import { leafNames } from './leafnames';

test('a long path is told once, above the names that have it', () => {
  expect(leafNames(['m.h.0.ln.weight', 'm.h.0.ln.bias', 'm.h.1.ln.weight'])).toEqual([
    { heading: 'm.h.0', short: 'ln.weight' },
    { heading: null, short: 'ln.bias' },
    { heading: 'm.h.1', short: 'ln.weight' },
  ]);
});

test('a short name stands as it is, and a path after it is told again', () => {
  const names = leafNames(['m.h.0.weight', 'w', 'model.weight', 'm.h.0.bias']);
  expect(names.map(({ short }) => short)).toEqual(['0.weight', 'w', 'model.weight', '0.bias']);
  expect(names.map(({ heading }) => heading)).toEqual(['m.h', null, null, 'm.h']);
});
