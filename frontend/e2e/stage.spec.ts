import { expect, test } from '@playwright/test';
import { boxOf, CHAIN, Playground } from './page';

test('a search finds by name and operation, goes through what it found and brings it into sight', async ({
  page,
}) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(CHAIN);
  await playground.pause();
  await page
    .locator('.stage canvas')
    .first()
    .click({ position: { x: 40, y: 300 } });
  await page.keyboard.press('/');
  const field = page.getByRole('combobox', { name: 'Search the graph' });
  await expect(field).toBeFocused();
  await field.fill('mul');
  await expect(page.getByRole('listbox', { name: 'Found' }).getByRole('option')).toHaveCount(1);
  await field.press('Enter');
  await expect(page.getByRole('search').getByRole('status')).toHaveText('1 of 1');
  await expect(playground.node('y = mul')).toHaveAttribute('aria-pressed', 'true');
  await field.press('Escape');
  await expect(playground.button('Search the graph')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(field).toHaveValue('mul');
  await page.keyboard.type('sin'); // over what was sought before
  await expect(field).toHaveValue('sin');
});

test('what a search finds is brought into sight', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.pause();
  for (let i = 0; i < 6; i++) await playground.button('Zoom in').click();
  const zoom = page.getByRole('status', { name: 'Zoom' });
  const before = await zoom.textContent();
  await playground.button('Search the graph').click();
  await page.getByRole('combobox', { name: 'Search the graph' }).fill('loss');
  await page.getByRole('listbox', { name: 'Found' }).getByRole('option').first().click();
  const { x, y, width, height } = (await page.locator('.stage canvas').first().boundingBox()) ?? never();
  const tip = page.locator('.tip');
  await expect(async () => {
    await page.mouse.move(x + width / 2, y + height / 2 - 2);
    await page.mouse.move(x + width / 2, y + height / 2);
    await expect(tip).toContainText('loss = pow', { timeout: 500 });
  }).toPass();
  await expect(zoom).toHaveText(before ?? '');
});

test('a pointer that rests on a node or an edge is told the exact numbers', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(CHAIN);
  await playground.pause();
  await page.keyboard.press('End');
  const canvas = page.locator('.stage canvas').first();
  const box = (await canvas.boundingBox()) ?? never();
  const tip = page.locator('.tip');
  for (let y = 8; y < box.height; y += 8) {
    await page.mouse.move(box.x + box.width / 2, box.y + y);
    if (((await tip.allTextContents())[0] ?? '').includes('z = sin')) break;
  }
  await expect(tip).toContainText('z = sin');
  await expect(tip).toContainText('SinBackward0 · line 6');
  await expect(tip).toContainText('-0.9974949955940247');
  await expect(tip.locator('b').first()).toHaveText('−0.9975');
});

test('what is told at the pointer goes when the window is resized', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.pause();
  const canvas = await boxOf(page.locator('.stage canvas').first());
  const tip = page.locator('.tip');
  await expect(async () => {
    for (let y = 0.1; y < 0.9 && (await tip.count()) === 0; y += 0.03)
      await page.mouse.move(canvas.x + canvas.width / 2, canvas.y + y * canvas.height);
    await expect(tip).toBeVisible({ timeout: 300 });
  }).toPass();
  await page.setViewportSize({ width: 1100, height: 760 });
  await expect(tip).toHaveCount(0);
});

test('the card at the pointer lies on no other node', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(
    'import torch\na = torch.tensor(2.0, requires_grad=True)\nb = torch.tensor(3.0, requires_grad=True)\nc = a * b + b\nc.backward()\n',
  );
  await playground.pause();
  await page.keyboard.press('End');
  const stage = await boxOf(page.locator('.stage'));
  const tip = page.locator('.tip');
  const points: { title: string; x: number; y: number }[] = [];
  const cards = new Map<string, Awaited<ReturnType<typeof boxOf>>>();
  for (let y = stage.y + 12; y < stage.y + stage.height - 60; y += 24) {
    for (let x = stage.x + 60; x < stage.x + stage.width; x += 40) {
      await page.mouse.move(x, y);
      const [title = ''] = await tip.locator('.head .mono').allTextContents();
      if (title === '' || title.includes('→')) continue;
      points.push({ title, x, y });
      cards.set(title, await boxOf(tip));
    }
  }
  expect([...cards.keys()].sort()).toEqual(['c = add', 'leaf a', 'leaf b', 'mul']);
  const covered = points.filter(({ title, x, y }) =>
    [...cards].some(
      ([other, card]) =>
        other !== title && x > card.x && x < card.x + card.width && y > card.y && y < card.y + card.height,
    ),
  );
  expect(covered).toEqual([]);
});

test('the small map shows where one is, and takes one elsewhere', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.pause();
  const map = page.locator('.minimap');
  await expect(map).toBeHidden();
  for (let i = 0; i < 6; i++) await playground.button('Zoom in').click();
  await expect(map).toBeVisible();
  const frame = map.locator('.frame');
  const before = await frame.boundingBox();
  await map.click({ position: { x: 40, y: 12 } });
  await expect.poll(async () => (await frame.boundingBox())?.y).toBeLessThan(before?.y ?? 0);
  await playground.button('Fit the graph').click();
  await expect(map).toBeHidden();
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test('the search is in the row of the tools, which a graph that fits keeps clear of, and shows what was chosen', async ({
    page,
  }) => {
    const playground = new Playground(page);
    await playground.open();
    const [search, tools] = [
      await boxOf(playground.button('Search the graph')),
      await boxOf(page.getByRole('toolbar', { name: 'View' })),
    ];
    expect(Math.abs(search.y + search.height - (tools.y + tools.height))).toBeLessThanOrEqual(1);
    expect(search.x + search.width).toBeLessThan(tools.x);
    await playground.button('Search the graph').tap();
    const field = page.getByRole('combobox', { name: 'Search the graph' });
    await field.fill('mul');
    const found = page.getByRole('listbox', { name: 'Found' }).getByRole('option');
    await expect(found.nth(1)).toBeVisible();
    await found.nth(1).tap();
    await expect(found.filter({ visible: true })).toHaveCount(1);
    await field.tap();
    await expect(found.first()).toBeVisible();
    await field.press('Enter');
    await expect(found.filter({ visible: true })).toHaveCount(1);
    await field.press('Backspace');
    await expect(found.first()).toBeVisible();
  });
});

function never(): never {
  throw new Error('the stage has no box');
}

test('heatmaps that add up above a leaf are within the stage, in which all of the graph is shown', async ({
  page,
}) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const playground = new Playground(page);
  await playground.open();
  await playground.type(`import torch

w = torch.randn(6, 6, requires_grad=True)
x = torch.randn(6, 6, requires_grad=True)
y = w @ x + w
y.sum().backward()
y2 = w * x
y2.sum().backward()
`);
  await page.keyboard.press('Escape');
  await playground.pause();
  await playground.button('To the end').click();
  await expect(playground.sentence).toContainText('is added, which makes');
  /** How many colours a row of the canvas has: one, where nothing is drawn but the ground. */
  const inksOf = (row: number) =>
    page
      .locator('.stage canvas')
      .first()
      .evaluate((canvas, y) => {
        const { width, height } = canvas as HTMLCanvasElement;
        const ink = (canvas as HTMLCanvasElement).getContext('2d');
        const bytes = ink?.getImageData(0, Math.floor(y * height), width, 1).data ?? new Uint8ClampedArray();
        return new Set(new Uint32Array(bytes.buffer)).size;
      }, row);
  await expect.poll(() => inksOf(0.1)).toBeGreaterThan(5);
  expect(await inksOf(0.005)).toBe(1);
});
