import { expect, test } from '@playwright/test';

import { faults, Playground } from './page';

const ENCODER = `import torch
from torch import nn
layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
net = nn.TransformerEncoder(layer, 2)
net(torch.randn(1, 4, 8)).sum().backward()
`;

test('copies that only made parameters are counted, not drawn, and a press shows them', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(ENCODER);
  await playground.pause();
  const note = playground.inspector.locator('p').filter({ hasText: 'copies that only made parameters' });
  await expect(note).toContainText('are not in the graph.');
  const nodes = page.getByRole('list', { name: 'Nodes' });
  const graph = page.getByRole('img', { name: /^Graph of / });
  const count = async (): Promise<number> =>
    Number(/Graph of (\d+)/.exec((await graph.getAttribute('aria-label')) ?? '')?.[1]);
  const before = await count();
  await expect(nodes.getByRole('button', { name: 'leaf empty' })).toHaveCount(0);
  await expect(nodes.getByRole('button', { name: /^leaf layer\./ })).toHaveCount(0);
  expect(await faults(page)).toEqual([]);
  await playground.button('Show').click();
  await expect(note).toContainText('are in the graph.');
  await expect.poll(count).toBeGreaterThan(before);
  await playground.button('Leave out').click();
  await expect.poll(count).toBe(before);
});
