import { expect, test } from 'vitest';

import { clipped, clippedName } from './type';

test('a text that is too long loses its end, a name with dots its beginning', () => {
  expect(clipped('cross_entropy', 8)).toBe('cross_e…');
  expect(clippedName('cross_entropy', 8)).toBe('cross_e…');
  expect(clippedName('m.layers.0.self_attn.in_proj_weight', 20)).toBe('…attn.in_proj_weight');
  expect(clippedName('w.grad', 8)).toBe('w.grad');
  expect(clippedName('for x in torch.ones(3)', 10)).toBe('for x in …');
});
