import { CompletionContext } from '@codemirror/autocomplete';
import { pythonLanguage } from '@codemirror/lang-python';
import { EditorState } from '@codemirror/state';
import { describe, expect, it } from 'vitest';

import { complete } from './source';

/** The labels that are offered where `|` stands, in the order of their boost. */
async function offered(program: string, explicit = false): Promise<string[]> {
  const position = program.indexOf('|');
  const doc = program.replace('|', '');
  const state = EditorState.create({ doc, extensions: [pythonLanguage] });
  const result = await complete(new CompletionContext(state, position, explicit));
  const options = [...(result?.options ?? [])].sort((a, b) => (b.boost ?? 0) - (a.boost ?? 0));
  return options.map(({ label }) => label);
}

const IMPORTS = 'import torch\nimport torch.nn as nn\nfrom torch.nn import functional as F\n';

describe('complete', () => {
  it.each([
    ['torch.', ['sin', 'tensor', 'nn', 'no_grad']],
    ['nn.', ['Linear', 'functional', 'Module']],
    ['torch.nn.functional.', ['relu', 'cross_entropy']],
    ['F.', ['relu', 'mse_loss']],
    ['torch.optim.', ['SGD', 'Adam', 'lr_scheduler']],
    ['import torch.', ['nn', 'optim']],
    ['import ', ['torch', 'math', 'numpy']],
    ['from torch.nn import Lin', ['Linear', 'Bilinear']],
    ['from torch.nn import Linear, Re', ['ReLU']],
  ])('after %s has the names of the module', async (text, labels) => {
    expect(await offered(`${IMPORTS}${text}|`, true)).toEqual(expect.arrayContaining(labels));
  });

  it('lets a name of one letter be, unless it is asked', async () => {
    expect(await offered(`${IMPORTS}s|`)).toEqual([]);
    expect(await offered(`${IMPORTS}s|`, true)).not.toEqual([]);
    expect(await offered(`${IMPORTS}torch.s|`)).toContain('sin');
  });

  it('offers nothing that a program may not use', async () => {
    expect(await offered(`${IMPORTS}torch.|`)).not.toContain('load');
    expect(await offered(`${IMPORTS}torch.|`)).not.toContain('save');
    expect(await offered('import |', true)).not.toContain('subprocess');
    const os = await offered('import os\nos.|', true);
    expect(os).toContain('path');
    expect(os).not.toContain('system');
    expect(await offered('op|')).not.toContain('open');
  });

  it('has the attributes of what a name was made by', async () => {
    const program = `${IMPORTS}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(2, 2)
    def forward(self, x):
        return self.|
`;
    const within = await offered(program);
    expect(within.slice(0, 2).sort()).toEqual(['first', 'forward']);
    expect(within).toContain('parameters');
    const made =
      program.replace('self.|', 'x') + 'model = Net()\nopt = torch.optim.SGD(model.parameters())\n';
    expect(await offered(`${made}model.|`)).toContain('parameters');
    expect(await offered(`${made}opt.|`)).toEqual(expect.arrayContaining(['step', 'zero_grad']));
    expect(await offered(`${made}y = torch.ones(3)\ny.|`)).toEqual(
      expect.arrayContaining(['backward', 'grad', 'sum']),
    );
    expect(await offered(`${made}(y * 2).sum().|`)).toContain('backward');
    expect(await offered(`${made}text = "so"\ntext.|`)).toEqual([]);
  });

  it('puts the names of the program before those of Python, with what they were imported as', async () => {
    const names = await offered(
      'from torch import sin, cos as c\nwidth = 3\nfor row in range(width):\n    wi|',
    );
    expect(names.slice(0, 4).sort()).toEqual(['c', 'row', 'sin', 'width']);
    expect(names).toEqual(expect.arrayContaining(['print', 'while', 'range']));
  });

  it('has the parameters of the call around the cursor', async () => {
    const first = (await offered(`${IMPORTS}x = torch.tensor(3.0, re|)`)).slice(0, 6);
    expect(first).toContain('requires_grad=');
    expect(await offered(`${IMPORTS}loss = torch.ones(1)\nloss.backward(re|)`)).toContain('retain_graph=');
  });

  it.each(['# tor|', '"tor|"', 'x = 3.|', 'x = 3|'])('keeps quiet in %s', async (text) => {
    expect(await offered(text)).toEqual([]);
  });

  it('is asked for in vain where nothing was begun', async () => {
    expect(await offered('x = |')).toEqual([]);
    expect(await offered('x = |', true)).toContain('leaf');
  });
});
