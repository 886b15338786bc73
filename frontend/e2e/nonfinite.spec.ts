import { expect, test } from '@playwright/test';

import { faults, Playground } from './page';

const SPOILT = `import torch

x = torch.tensor([0.0, 1.0], requires_grad=True)
mask = torch.full((2,), float("-inf"))
kept = torch.softmax(x.masked_fill(x > 2, float("-inf")) + 0, 0)
low = torch.log(x)
bad = low * 0
loss = (bad + kept).sum()
loss.backward()
`;

test('where a NaN begins is a press away, and marked there', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(SPOILT);
  const list = playground.inspector.getByRole('list', { name: 'Not finite' });
  await expect(list.getByRole('button')).toHaveText([
    'First infinity: low = log, line 6',
    'First NaN: bad = mul, line 7',
    'First NaN gradient: low = log, line 6',
  ]);
  await list.getByRole('button', { name: 'First NaN: bad' }).click();
  await expect(playground.sentence).toContainText('This is the first NaN: infinities in, NaN out.');
  await expect(playground.button('Play')).toBeVisible();
  const name = 'bad = mul. The first NaN: infinities in, NaN out.';
  await playground.node(name).focus();
  await page.keyboard.press('Enter');
  await expect(playground.inspector.getByText('The first NaN: infinities in, NaN out.')).toBeVisible();
});

test('axe finds nothing beside a NaN', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const playground = new Playground(page);
  await playground.open();
  await playground.type(SPOILT);
  await page.keyboard.press('Escape');
  await expect(playground.inspector.getByRole('list', { name: 'Not finite' })).toBeVisible();
  expect(await faults(page)).toEqual([]);
});

test('on a phone the tab says that there is something to find behind it', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const playground = new Playground(page);
  await playground.open();
  const tab = page.getByRole('group', { name: 'Pane' }).getByRole('button', { name: 'Inspector' });
  await expect(tab).not.toHaveAttribute('title');
  await playground.type(SPOILT);
  await expect(tab).toHaveAttribute('title', 'Some numbers of this run are not finite');
  const dot = await tab.evaluate((each) => getComputedStyle(each, '::after').backgroundColor);
  expect(dot).not.toBe('rgba(0, 0, 0, 0)');
});
