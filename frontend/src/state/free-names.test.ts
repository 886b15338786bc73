import { describe, expect, it } from 'vitest';

import { freeNames } from './free-names';

describe('freeNames', () => {
  it.each([
    ['sin(x**2) * w', 'x w'],
    ['relu(x @ W + b).sum()', 'x W b'],
    ['softmax(x, dim=0)', 'x'],
    ['softmax(x, dim=axis)', 'x axis'],
    ['F.mse_loss(a, b) + torch.ones(3).sum() * math.pi + pi', 'a b'],
    ['π * x', 'x'],
    ['x.grad.T @ x', 'x'],
    ['sum([each * x for each in rows])', 'x rows'],
    ['(lambda t, s=k: t * s)(x)', 'k x'],
    ['(y := x * 2) + y', 'x'],
    ['"x" if a > 1e3 else 2.5e-3 * β_1', 'a β_1'],
    ['x[i, 0] == y', 'x i y'],
    ['dict(a=b)', 'b'],
    ['', ''],
    ['sin(', ''],
    ['x +', 'x'],
  ])('of %s', (expression, names) => {
    expect(freeNames(expression).join(' ')).toBe(names);
  });
});
