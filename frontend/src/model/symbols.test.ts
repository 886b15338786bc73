import { describe, expect, test } from 'vitest';
import { bareName, symbolOf } from './symbols';

test.each([
  ['MulBackward0', 'mul'],
  ['mul_', 'mul'],
  ['MseLossBackward0', 'mse_loss'],
  ['_softmax', '_softmax'],
  ['LogSoftmaxBackward0', 'log_softmax'],
  ['TBackward0', 't'],
])('%s is %s', (op, name) => {
  expect(bareName(op)).toBe(name);
});

describe('symbolOf', () => {
  test.each([
    ['MulBackward0', 'mul', '×'],
    ['MmBackward0', 'mm', '@'],
    ['SigmoidBackward0', 'sigmoid', 'σ'],
    [null, 'detach', 'cut'],
    ['ReluBackward0', 'relu', 'relu'],
    ['MyFunctionBackward', 'my_function', 'my_funct…'],
  ])('%s %s looks like %s', (op, label, symbol) => {
    expect(symbolOf(op, label)).toBe(symbol);
  });

  test.each([
    ['2', 'x²'],
    ['3.0', 'x³'],
    ['-1', 'x⁻¹'],
    ['10', 'x¹⁰'],
    ['0.5', 'xⁿ'],
    [undefined, 'xⁿ'],
  ])('a power with exponent %s is %s', (exponent, symbol) => {
    expect(symbolOf('PowBackward0', 'pow', exponent)).toBe(symbol);
  });
});
