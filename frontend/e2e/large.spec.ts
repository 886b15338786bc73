/** A graph of some three thousand nodes, all in sight: more than is drawn within a frame. */
import { expect, test } from '@playwright/test';

import { Playground } from './page';
import { otherPixels, pixelsOf } from './pixels';

/** No two chains are alike, as what repeats itself would be shown one turn at a time. */
function chains(many: number): string {
  const lines = ['import torch'];
  for (let i = 0; i < many; i++) {
    const calls = Array.from({ length: many }, (_, k) => (((i + 1) >> (k % 7)) & 1 ? '.sin()' : '.cos()'));
    const half = many >> 1;
    lines.push(`x${i} = torch.tensor(${(i + 10) / 100}, requires_grad=True)`);
    lines.push(`y${i} = x${i}${calls.slice(0, half).join('')}`, `z${i} = y${i}${calls.slice(half).join('')}`);
  }
  const ends = Array.from({ length: many }, (_, i) => `z${i}`).join(', ');
  return `${lines.join('\n')}\ntorch.stack([${ends}]).sum().backward()\n`;
}

for (const direction of [1, -1])
  test(`zooming ${direction > 0 ? 'out' : 'in'} ends in the picture that is drawn at once`, async ({
    page,
  }) => {
    await page.emulateMedia({ colorScheme: 'light' });
    const playground = new Playground(page);
    await playground.open();
    await playground.type(chains(56));
    await playground.pause();
    await page.getByRole('button', { name: 'Open all groups' }).click();
    await expect(async () => {
      await page.getByRole('button', { name: 'Fit the graph' }).click();
      await expect(page.getByRole('status', { name: 'Zoom' })).toHaveText('4 %', { timeout: 500 });
    }).toPass();
    await page.mouse.move(900, 400);
    for (let i = 0; i < 12; i++) await page.mouse.wheel(0, direction * 25);
    let zoomed = await pixelsOf(page);
    await expect(async () => {
      zoomed = await pixelsOf(page);
      await page.waitForTimeout(300);
      expect(await otherPixels(page, zoomed, 0)).toBe(0);
    }).toPass();
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(() => otherPixels(page, zoomed)).toBeGreaterThan(100_000);
    await page.emulateMedia({ colorScheme: 'light' });
    await expect.poll(() => otherPixels(page, zoomed, 0)).toBe(0);
  });
