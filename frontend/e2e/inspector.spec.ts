import { expect, test, type Page } from '@playwright/test';

import { CHAIN, faults, Playground } from './page';

const MATRIX = `import torch

torch.manual_seed(0)
A = torch.tensor([[1.0, -2.0, 3.0], [0.5, float("inf"), -0.25]], requires_grad=True)
W = torch.randn(20, 30, requires_grad=True)
big = torch.randn(50, 50, requires_grad=True)
loss = (A * 2).sum() + W.pow(2).mean() + torch.tanh(big).sum()
loss.backward()
`;

const TRAINING = `import torch

w = torch.tensor(0.5, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.1)
for epoch in range(5):
    optimizer.zero_grad()
    loss = (w - 3) ** 2
    loss.backward()
    optimizer.step()
`;

async function at(page: Page, program: string, title: string): Promise<Playground> {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(program);
  await playground.pause();
  await playground.button('To the end').click();
  await playground.node(title).evaluate((button: HTMLElement) => button.click());
  return playground;
}

const tab = (page: Page, name: string) => page.getByRole('tab', { name });

test('the summary says what an operation is, and what flows in and back', async ({ page }) => {
  const { inspector } = await at(page, CHAIN, 'y = mul');
  await expect(inspector.getByText('mul of x and w.')).toBeVisible();
  await expect(inspector.getByText('scalar float32', { exact: true }).first()).toBeVisible();
  const x = inspector.getByRole('button', { name: /^x/ });
  await expect(x).toContainText('3');
  await expect(x).toContainText('−0.03537');
  await x.click();
  await expect(inspector.getByText('A leaf: gradients add up in its .grad.')).toBeVisible();
});

test('pointing at an element tells value and gradient exactly, in picture and table alike', async ({
  page,
}) => {
  const { inspector } = await at(page, MATRIX, 'leaf A');
  await tab(page, 'Data').click();
  await inspector
    .locator('.map')
    .first()
    .hover({ position: { x: 40, y: 10 } });
  await expect(inspector.locator('.told')).toContainText('[0, 1]');
  await expect(inspector.locator('.told')).toContainText('-2');
  await expect(inspector.locator('.told .gradient')).toHaveText('2');
  await expect(inspector.locator('.chosen')).toHaveCount(2);
  await expect(inspector.getByText('■ ±∞')).toBeVisible();
  await inspector.getByRole('button', { name: 'table' }).click();
  await inspector.getByRole('cell', { name: '∞' }).hover();
  await expect(inspector.locator('.told')).toContainText('Infinity');
});

test('a large tensor is a histogram, or a table page by page; a larger one a picture of blocks', async ({
  page,
}) => {
  const playground = await at(page, MATRIX, 'leaf W');
  const { inspector } = playground;
  await tab(page, 'Data').click();
  await inspector.getByRole('button', { name: 'histogram' }).click();
  await expect(inspector.getByRole('img', { name: /^Histogram: \d+ bins from −/ })).toHaveCount(2);
  await inspector.getByRole('button', { name: 'table' }).click();
  await expect(inspector.getByText('rows 0–11 of 20').first()).toBeVisible();
  await inspector.getByRole('button', { name: 'Next rows' }).first().click();
  await expect(inspector.getByText('rows 12–19 of 20').first()).toBeVisible();
  await expect(inspector.getByRole('button', { name: 'Next rows' }).first()).toBeDisabled();
  await inspector.getByRole('button', { name: 'Next columns' }).first().click();
  await expect(inspector.getByText('columns 12–23 of 30').first()).toBeVisible();
  await playground.node('leaf big').evaluate((button: HTMLElement) => button.click());
  await expect(inspector.getByText('Each cell is the mean of a block').first()).toBeVisible();
});

test('a value is copied as the Python that makes it', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const { inspector } = await at(page, MATRIX, 'leaf A');
  await tab(page, 'Data').click();
  await inspector.getByRole('button', { name: 'Python' }).first().click();
  await expect(inspector.getByText('Copied as Python.')).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
    'torch.tensor([[1.0, -2.0, 3.0], [0.5, float("inf"), -0.25]], dtype=torch.float32)'.replaceAll('.0', ''),
  );
});

test('a leaf that is trained has its course over time', async ({ page }) => {
  const { inspector } = await at(page, TRAINING, 'leaf w');
  await tab(page, 'Data').click();
  const plot = inspector.getByRole('img', { name: /^Value over time: from 0\.5 to .+ in 5 changes$/ });
  await expect(plot).toBeVisible();
  await plot.hover({ position: { x: 2, y: 20 } });
  await expect(inspector.getByText('0.5 (step 1)')).toBeVisible();
});

test('what forward kept is told with its owner, and until when', async ({ page }) => {
  const playground = await at(page, CHAIN, 'y = mul');
  const { inspector } = playground;
  await tab(page, 'Saved').click();
  await expect(inspector.getByText('let go of')).toHaveCount(2);
  await inspector
    .getByRole('button', { name: /^its backward ran, step / })
    .first()
    .click();
  await playground.page.keyboard.press('Home');
  await expect(inspector.getByText('not kept yet')).toHaveCount(2);
  await inspector.getByRole('button', { name: 'w', exact: true }).click();
  await expect(inspector.getByRole('heading', { name: 'leaf w' })).toBeVisible();
  await expect(tab(page, 'Summary')).toHaveAttribute('aria-selected', 'true');
});

test('tabs are walked with the arrow keys', async ({ page }) => {
  await at(page, CHAIN, 'y = mul');
  await tab(page, 'Summary').focus();
  await page.keyboard.press('ArrowRight');
  await expect(tab(page, 'Data')).toBeFocused();
  await expect(tab(page, 'Data')).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expect(tab(page, 'Saved')).toBeFocused();
});

test('axe finds nothing in the tabs', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const { inspector } = await at(page, MATRIX, 'leaf W');
  const check = async () => expect(await faults(page)).toEqual([]);
  await tab(page, 'Data').click();
  await expect(inspector.locator('.map')).toHaveCount(2);
  await check();
  for (const picture of ['histogram', 'table']) {
    await inspector.getByRole('button', { name: picture }).click();
    await check();
  }
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toBeVisible();
  await check();
});
