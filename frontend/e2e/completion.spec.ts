import { expect, test } from '@playwright/test';

import { faults, Playground } from './page';

test('what may be written is completed, with its parameters, and a line of what it does', async ({
  page,
}) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.paste('import torch\nx = ');
  await page.keyboard.type('torch.tens');
  const list = page.getByRole('listbox', { name: 'Completions' });
  await expect(list.getByRole('option').first()).toContainText('tensor');
  await expect(list).toContainText('requires_grad=False');
  await page.waitForTimeout(150); // in its first moment the list takes no key, lest one was meant for the text
  await page.keyboard.press('Tab');
  await expect(list).toBeHidden();
  await page.keyboard.type('(3.0, requires_g');
  await expect(list.getByRole('option').first()).toContainText('requires_grad=');
  await page.waitForTimeout(150);
  await page.keyboard.press('Enter');
  await page.keyboard.type('True');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await page.keyboard.type('y = x.exp');
  await expect(list).toContainText('expm1');
  await page.keyboard.press('Escape');
  await page.keyboard.type('()');
  await expect(playground.editor).toContainText('x = torch.tensor(3.0, requires_grad=True)');
  await expect(page.getByRole('img', { name: 'Graph of 2 nodes and 1 edge' })).toBeVisible();
});

test('axe finds nothing in the list of completions', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const playground = new Playground(page);
  await playground.open();
  await playground.paste('import torch\n');
  await page.keyboard.type('torch.ma');
  await expect(page.getByRole('listbox', { name: 'Completions' })).toBeVisible();
  expect(await faults(page)).toEqual([]);
});
