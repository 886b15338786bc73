import { expect, test } from '@playwright/test';

import { CHAIN, Playground } from './page';

test('selecting a node shows its numbers and marks the characters that made it', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(CHAIN);
  await playground.pause();
  await page.getByRole('region', { name: 'Graph' }).click({ position: { x: 80, y: 5 } });
  await page.keyboard.press('End');
  await playground.node('y = mul').evaluate((button: HTMLElement) => button.click());
  await expect(playground.inspector.getByRole('heading', { name: 'y = mul' })).toBeVisible();
  await expect(playground.inspector).toContainText('MulBackward0');
  await expect(playground.inspector).toContainText('−1.5');
  await expect(playground.inspector.getByText('0.07074', { exact: true }).first()).toBeVisible();
  await expect(page.locator('.cm-mark-chosen')).toHaveText('x * w');
  await playground.inspector.getByRole('button', { name: 'line 5' }).click();
  await expect(playground.editor).toBeFocused();
});

test('the line of the cursor marks its nodes on the stage', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(CHAIN);
  await page.locator('.cm-line', { hasText: 'y = x * w' }).click();
  await expect(playground.node('y = mul')).toHaveAttribute('aria-current', 'true');
  await expect(playground.node('z = sin')).toHaveAttribute('aria-current', 'false');
  await page.keyboard.press('ArrowDown');
  await expect(playground.node('z = sin')).toHaveAttribute('aria-current', 'true');
  await playground.button('To the end').click();
  await expect(playground.node('z = sin')).toHaveAttribute('aria-current', 'false');
});

test('inputs and outputs lead through the graph, Escape leads out', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(CHAIN);
  await playground.leaf('x').getByRole('button').click();
  await expect(playground.inspector.getByRole('heading', { name: 'leaf x' })).toBeVisible();
  await playground.inspector.getByRole('button', { name: /^y/ }).click();
  await expect(playground.inspector.getByRole('heading', { name: 'y = mul' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(playground.inspector.getByRole('heading', { name: 'Leaves' })).toBeVisible();
});

test('a click on the picture selects what is there', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(
    'import torch\n\nx = torch.tensor(0.0, requires_grad=True)\ny = x.exp()\nz = y.sin()\n',
  );
  const picture = page.getByRole('img', { name: 'Graph of 3 nodes and 2 edges' });
  await expect(async () => {
    await picture.click();
    await expect(playground.inspector.getByRole('heading', { name: 'y = exp' })).toBeVisible({
      timeout: 500,
    });
  }).toPass();
  await picture.click({ position: { x: 80, y: 5 } });
  await expect(playground.inspector.getByRole('heading', { name: 'Leaves' })).toBeVisible();
});

test('zooms by wheel and comes back with F', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  const zoom = page.getByRole('status', { name: 'Zoom' });
  await page.getByRole('region', { name: 'Graph' }).hover();
  const before = await zoom.innerText();
  await page.mouse.wheel(0, -400);
  await expect(zoom).not.toHaveText(before);
  await page.keyboard.press('f');
  await expect(zoom).toHaveText(before);
});
