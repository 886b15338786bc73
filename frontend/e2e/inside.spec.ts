/** A group as the subject of the inspector: what it is, what is in it, and what flows over its border. */
import { expect, test, type Page } from '@playwright/test';

import { faults, Playground } from './page';

const SHARED = `import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 2))
first = net(torch.tensor([[1.0, 2.0]]))
second = net(first * 2)
loss = (first + second).sum()
loss.backward()
`;

const TRAINING = `import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for epoch in range(3):
    optimizer.zero_grad()
    loss = net(torch.tensor([[1.0, 2.0]])).sum()
    loss.backward()
    optimizer.step()
`;

const press = (button: HTMLElement): void => button.click();

async function run(page: Page, program: string): Promise<Playground> {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const playground = new Playground(page);
  await playground.open();
  await playground.type(program);
  await playground.step.fill(String(await playground.lastStep()));
  return playground;
}

const groups = (page: Page, name: RegExp) =>
  page.getByRole('list', { name: 'Nodes' }).getByRole('button', { name });

test('a group that is opened or closed says what is in it and what flows over its border', async ({
  page,
}) => {
  const { inspector } = await run(page, SHARED);
  await groups(page, /^module net, Sequential/)
    .first()
    .evaluate(press);
  await expect(inspector.getByRole('heading', { name: 'module net' })).toBeVisible();
  await expect(inspector.getByText('A call of the module net (Sequential).')).toBeVisible();
  await expect(inspector.getByText('1 of 2')).toBeVisible();
  await expect(inspector.getByText(/^\d+ operations: /)).toBeVisible();
  await expect(inspector.getByText('4 parameters, 17 elements')).toBeVisible();
  await expect(inspector.getByRole('heading', { name: /^Flows in/ })).toBeVisible();
  const out = inspector.locator('section').filter({ hasText: 'Flows out' });
  // Into an addition flows what a sum sends back, a one for each of two elements.
  const leaves = out.getByRole('button', { name: /^first → add\s+1×2\s+1\.414$/ });
  await expect(leaves).toBeVisible();
  await expect(page.getByRole('tab')).toHaveText(['Summary']);
  await leaves.click();
  await expect(inspector.getByRole('heading', { name: 'add' })).toBeVisible();
});

test('its parameters and its line are one press away, and a node leads to the groups around it', async ({
  page,
}) => {
  const { inspector } = await run(page, SHARED);
  await groups(page, /^module net, Sequential/)
    .nth(1)
    .evaluate(press);
  await expect(inspector.getByText('2 of 2')).toBeVisible();
  await inspector.getByRole('button', { name: 'line 7' }).click();
  await inspector.getByRole('button', { name: /^net\.0\.bias/ }).click();
  await expect(inspector.getByRole('heading', { name: 'leaf net.0.bias' })).toBeVisible();
  await page.keyboard.press('Escape');
  const add = page.getByRole('list', { name: 'Nodes' }).getByRole('button', { name: 'second = addmm' });
  if ((await add.count()) === 0) await page.keyboard.press('o');
  await add.evaluate(press);
  await inspector.getByRole('button', { name: 'net (Sequential)' }).click();
  await expect(inspector.getByText('2 of 2')).toBeVisible();
  await inspector.getByRole('button', { name: 'close it' }).click();
  await expect(inspector.getByRole('button', { name: 'open it' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(inspector.getByRole('heading', { name: 'Leaves' })).toBeVisible();
});

test('in a training loop a selected group goes along with the iteration', async ({ page }) => {
  const playground = await run(page, TRAINING);
  await groups(page, /^module net, Sequential/)
    .first()
    .evaluate(press);
  await expect(playground.inspector.getByText('3 of 3')).toBeVisible();
  await playground.step.fill('5');
  await expect(playground.inspector.getByText('1 of 3')).toBeVisible();
});

test('on a phone a tap on a group brings the inspector, without a fault for axe', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const { inspector } = await run(page, SHARED);
  await groups(page, /^module net, Sequential/)
    .first()
    .evaluate(press);
  await expect(inspector.getByText('A call of the module net (Sequential).')).toBeVisible();
  expect(await faults(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
});
