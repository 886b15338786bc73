/** What an operation looks like on its node: one row per symbol, keyed by the operation's bare name. */

const ROWS: readonly (readonly [symbol: string, ...names: string[]])[] = [
  ['×', 'mul', 'multiply'],
  ['+', 'add'],
  ['−', 'sub', 'subtract', 'rsub'],
  ['>', 'gt'],
  ['<', 'lt'],
  ['≥', 'ge'],
  ['≤', 'le'],
  ['=', 'eq'],
  ['≠', 'ne'],
  ['÷', 'div', 'divide', 'true_divide'],
  ['−x', 'neg', 'negative'],
  ['1/x', 'reciprocal'],
  ['xⁿ', 'pow', 'float_power'],
  ['√', 'sqrt'],
  ['|x|', 'abs', 'absolute'],
  ['‖x‖', 'norm', 'linalg_norm', 'linalg_vector_norm'],
  ['@', 'mm', 'matmul', 'bmm', 'mv', 'linear'],
  ['@+', 'addmm', 'addmv', 'baddbmm'],
  ['·', 'dot', 'vdot', 'inner'],
  ['⊗', 'outer', 'ger'],
  ['Σ', 'sum', 'logsumexp', 'cumsum'],
  ['Π', 'prod', 'cumprod'],
  ['μ', 'mean'],
  ['σ²', 'var'],
  ['max', 'max', 'amax', 'maximum'],
  ['min', 'min', 'amin', 'minimum'],
  ['σ', 'sigmoid'],
  ['log σ', 'log_sigmoid', 'logsigmoid'],
  ['smax', 'softmax', '_softmax'],
  ['lsm', 'log_softmax', '_log_softmax'],
  ['Aᵀ', 't', 'transpose', 'numpy_t', 'permute'],
  ['[ ]', 'select', 'slice', 'index', 'getitem', 'gather', 'index_select'],
  ['mse', 'mse_loss'],
  ['l1', 'l1_loss'],
  ['bce', 'binary_cross_entropy', 'binary_cross_entropy_with_logits'],
  ['nll', 'nll_loss', 'nll_loss_forward', 'nll_loss2d', 'nll_loss_nd'],
  ['ce', 'cross_entropy', 'cross_entropy_loss'],
  ['stack', 'stack'],
  ['cat', 'cat', 'concat'],
  ['copy', 'clone', 'copy', 'copys', 'copyslices', 'to_copy', '_to_copy', 'to'],
  [
    'shape',
    'view',
    'reshape',
    'unsqueeze',
    'squeeze',
    'expand',
    'flatten',
    'unsafe_view',
    '_unsafe_view',
    'alias',
  ],
  ['cut', 'detach'],
  ['conv', 'convolution', 'conv1d', 'conv2d', 'conv3d'],
  ['pool', 'max_pool2d_with_indices', 'avg_pool2d', 'adaptive_avg_pool2d'],
  ['bnorm', 'native_batch_norm', 'batch_norm'],
  ['lnorm', 'native_layer_norm', 'layer_norm'],
  ['embed', 'embedding'],
  ['mask', 'masked_fill', 'masked_select'],
  ['drop', 'native_dropout', 'dropout', 'bernoulli'],
  ['x*', 'conj', '_conj'],
];

const SYMBOLS: ReadonlyMap<string, string> = new Map(
  ROWS.flatMap(([symbol, ...names]) => names.map((name) => [name, symbol] as const)),
);

const MOST_LETTERS = 9;
const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** "MulBackward0" and "mul_" are both "mul". */
export function bareName(op: string): string {
  return op
    .replace(/Backward\d*$/, '')
    .replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_')
    .toLowerCase()
    .replace(/(?<=\w)_$/, '');
}

/** The symbol for an operation, or its own name where there is none; `exponent` is a power's, as text. */
export function symbolOf(op: string | null, label: string, exponent?: string): string {
  const bare = [bareName(op ?? ''), bareName(label)];
  const named = bare.find((name) => SYMBOLS.has(name));
  if (named === undefined) return shortened(bareName(label || (op ?? '')));
  return named === 'pow' ? powerSymbol(exponent ?? '') : (SYMBOLS.get(named) ?? label);
}

function powerSymbol(exponent: string): string {
  const whole = exponent.replace(/\.0*$/, '');
  if (!/^-?\d+$/.test(whole)) return 'xⁿ';
  const raised = Array.from(whole, (digit) => (digit === '-' ? '⁻' : (SUPERSCRIPTS[Number(digit)] ?? '')));
  return `x${raised.join('')}`;
}

function shortened(name: string): string {
  return name.length > MOST_LETTERS ? `${name.slice(0, MOST_LETTERS - 1)}…` : name;
}
