import { expect, test, type Page } from '@playwright/test';

import { boxOf, CHAIN, Playground } from './page';

const TRAINING = `import torch

w = torch.tensor(0.5, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.1)
for epoch in range(20):
    optimizer.zero_grad()
    loss = (w - 3) ** 2
    loss.backward()
    optimizer.step()
`;

async function training(page: Page): Promise<Playground> {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(TRAINING);
  await playground.pause();
  await playground.button('To the start').click();
  return playground;
}

/** Where a step lies on the lanes, as a share of their length. */
async function at(page: Page, share: number): Promise<{ x: number; y: number }> {
  const box = await page.locator('.lanes').boundingBox();
  if (!box) throw new Error('there are no lanes');
  return { x: box.x + 8 + (box.width - 16) * share, y: box.y + box.height - 12 };
}

test('tells the iteration at the playhead', async ({ page }) => {
  const playground = await training(page);
  await expect(page.getByText('iteration', { exact: false }).and(page.locator('.count b'))).toHaveCount(0);
  await page.getByLabel('Step by').selectOption('iteration');
  await playground.button('Step forward').click();
  await expect(page.locator('.count')).toContainText('iteration 1 of 20');
  await playground.button('Step forward').click();
  await playground.button('Step forward').click();
  await expect(page.locator('.count')).toContainText('iteration 3 of 20');
  await playground.button('Step back').click();
  await expect(page.locator('.count')).toContainText('iteration 2 of 20');
});

for (const width of [1440, 390]) {
  test(`the scale of the loss is beside the lanes, where no playhead covers it, ${width} wide`, async ({
    page,
  }) => {
    await training(page);
    await page.setViewportSize({ width, height: 844 });
    await expect(page.locator('.scale span')).toHaveText([/^\d/, /^[\d.]/]);
    const [scale, lanes] = [await boxOf(page.locator('.scale')), await boxOf(page.locator('.lanes'))];
    expect(scale.x + scale.width).toBeLessThanOrEqual(lanes.x);
  });
}

test('a press on the lanes goes there; hovering only tells', async ({ page }) => {
  const playground = await training(page);
  const middle = await at(page, 0.5);
  await page.mouse.click(middle.x, middle.y);
  const step = await playground.stepNumber();
  expect(Math.abs(step - (await playground.lastStep()) / 2)).toBeLessThan(3);
  const early = await at(page, 0.1);
  await page.mouse.move(early.x, early.y);
  await expect(page.locator('.sentence.hovered')).toContainText(/^Step \d+: /);
  expect(await playground.stepNumber()).toBe(step);
  await page.mouse.move(early.x, early.y - 400);
  await expect(page.locator('.sentence.hovered')).toHaveCount(0);
});

test('who steps by keys reads of the step, wherever the pointer was left', async ({ page }) => {
  await training(page);
  const early = await at(page, 0.1);
  await page.mouse.move(early.x, early.y);
  await expect(page.locator('.sentence.hovered')).toHaveCount(1);
  await page.keyboard.press('ArrowRight');
  await expect(page.locator('.sentence.hovered')).toHaveCount(0);
});

test('over the loss, its exact number and iteration are told', async ({ page }) => {
  await training(page);
  const end = await at(page, 0.02);
  await page.mouse.move(end.x, end.y - 50);
  await expect(page.locator('.sentence.hovered')).toHaveText(
    /^loss is 6\.25 in iteration 1 of 20 \(step \d+\)\.$/,
  );
});

test('pulling over the lanes loops what lies between, until it is ended', async ({ page }) => {
  const playground = await training(page);
  const [from, to] = [await at(page, 0.2), await at(page, 0.24)];
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 4 });
  await page.mouse.up();
  const loop = playground.button('Loop');
  await expect(loop).toHaveAttribute('aria-pressed', 'true');
  await expect(page.locator('.lanes .loop')).toBeVisible();
  const last = await playground.lastStep();
  await page.getByLabel('Speed').selectOption({ label: '8 ×' });
  await playground.button('Play').click();
  const seen = new Set<number>();
  for (let i = 0; i < 40; i++) {
    seen.add(await playground.stepNumber());
    await page.waitForTimeout(50);
  }
  seen.delete(0);
  expect(Math.min(...seen)).toBeGreaterThan(0.18 * last);
  expect(Math.max(...seen)).toBeLessThan(0.28 * last);
  await expect(playground.button('Pause')).toBeVisible();
  await loop.click();
  await expect(loop).toHaveAttribute('aria-pressed', 'false');
  await expect(page.locator('.lanes .loop')).toHaveCount(0);
});

test('keys step by line, node, pass and iteration, and set and end a loop', async ({ page }) => {
  const playground = await training(page);
  await page.locator('.picture').click({ position: { x: 80, y: 5 } });
  await page.keyboard.press('i');
  await expect(page.locator('.count')).toContainText('iteration 1 of 20');
  const end = await playground.stepNumber();
  await page.keyboard.press('Shift+ArrowLeft');
  expect(await playground.stepNumber()).toBe(end - 1);
  await page.keyboard.press('p');
  await page.keyboard.press('[');
  await page.keyboard.press('p');
  await page.keyboard.press(']');
  await expect(playground.button('Loop')).toHaveAttribute('title', /^Plays steps \d+ to \d+ /);
  await page.keyboard.press('Escape');
  await expect(playground.button('Loop')).toHaveAttribute('aria-pressed', 'false');
  await page.keyboard.press('>');
  await expect(page.getByLabel('Speed')).toHaveValue('2');
});

test('the sheet of keys opens with ?, holds the focus, and closes with Escape', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.pause();
  await page.locator('.picture').click({ position: { x: 80, y: 5 } });
  await page.keyboard.press('?');
  const sheet = page.getByRole('dialog', { name: 'Signs and keys' });
  await expect(sheet).toBeVisible();
  await expect(sheet.getByText('play or pause')).toBeVisible();
  const before = await playground.stepNumber();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  expect(await playground.stepNumber()).toBe(before);
  await page.keyboard.press('Escape');
  await expect(sheet).toBeHidden();
  await playground.button('Signs and keys').click();
  await sheet.getByRole('button', { name: 'Close' }).click();
  await expect(sheet).toBeHidden();
  await expect(playground.button('Signs and keys')).toBeFocused();
});

test('a long run ends in minutes, not hours, and is smooth at thousands of steps', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(TRAINING.replace('range(20)', 'range(600)'));
  await playground.pause();
  expect(await playground.lastStep()).toBeGreaterThan(4000);
  await playground.step.fill('2000');
  await playground.button('Play').click();
  const before = await playground.stepNumber();
  await page.waitForTimeout(1000);
  expect(await playground.stepNumber()).toBeGreaterThan(before + 30);
});

test('a short program has lanes, a pass and no loss', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(CHAIN);
  await expect(page.locator('.names .forward')).toBeVisible();
  await expect(page.locator('.names .loss')).toHaveCount(0);
  await expect(page.getByLabel('Step by').getByRole('option')).toHaveText(['event', 'line', 'node', 'pass']);
});
