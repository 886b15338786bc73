import { expect, test } from 'vitest';
import { hasWords } from './found';

test('every word is sought, in any order, in part and in any case', () => {
  const text = 'Gradients add up until you clear them';
  expect(hasWords(text, 'clear GRAD')).toBe(true);
  expect(hasWords(text, ' ')).toBe(true);
  expect(hasWords(text, 'clear loss')).toBe(false);
});
