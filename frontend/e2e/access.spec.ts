import { expect, test } from '@playwright/test';

import { boxOf, CHAIN, faults, Playground } from './page';

for (const viewport of [
  { width: 1440, height: 900 },
  { width: 360, height: 740 },
]) {
  test(`axe finds nothing, ${viewport.width} wide`, async ({ page }) => {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    const playground = new Playground(page);
    await playground.open();
    expect(await faults(page)).toEqual([]);
    await playground.button('Examples').click();
    await expect(page.getByRole('menu', { name: 'Examples' })).toBeVisible();
    expect(await faults(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await playground.type(CHAIN);
    await playground.paste(CHAIN.replace('z.backward()', 'z.backward(\n'));
    await expect(playground.status).toContainText('Line');
    await playground.node('y = mul').evaluate((button: HTMLElement) => button.click());
    expect(await faults(page)).toEqual([]);
  });
}

test('nothing is wider than a small screen', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  const playground = new Playground(page);
  await playground.open();
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBe(360);
});

test('on a phone each pane has one tab, and each lane its name', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  const playground = new Playground(page);
  await playground.open();
  await expect(playground.button('Program')).toHaveCount(1);
  await playground.button('Expression').click();
  await expect(playground.button('Expression')).toHaveAttribute('aria-pressed', 'true');
  await expect(page.getByRole('textbox', { name: 'Expression' })).toBeVisible();
  await playground.button('Inspector').click();
  await expect(playground.inspector).toBeVisible();
  await playground.button('Program').click();
  await expect(playground.editor).toBeVisible();
  const [name, lanes] = [page.locator('.names .backward'), page.locator('.lanes')];
  await expect(name).toBeVisible();
  const [{ x, width }, axis] = [await boxOf(name), await boxOf(lanes)];
  expect(x).toBeGreaterThanOrEqual(0);
  expect(x + width).toBeLessThanOrEqual(axis.x);
});

test('the switch changes the theme, and a reload remembers it', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  const playground = new Playground(page);
  await playground.open();
  await playground.button('Switch to dark colours').click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
});

test('by keyboard alone a node is found, told of and selected; the list of them is seen while one is in it', async ({
  page,
}) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(CHAIN);
  await playground.pause();
  await playground.button('To the end').click();
  await playground.button('Fit the graph').focus();
  await page.keyboard.press('Tab');
  await expect(playground.node('leaf x')).toBeFocused();
  const list = page.getByRole('list', { name: 'Nodes' });
  const { height } = await boxOf(list);
  expect(height).toBeGreaterThan(80);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(playground.node('y = mul')).toBeFocused();
  await expect(page.locator('.tip')).toContainText('MulBackward0');
  await page.keyboard.press('Enter');
  await expect(playground.inspector.getByRole('heading', { name: 'y' })).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(page.locator('.tip')).toBeHidden();
  await page.keyboard.press('Shift+Tab');
  await expect(playground.node('y = mul')).toBeFocused();
});

test('where the system decides on colours, the timeline, the tab and the mark in the program are told still', async ({
  page,
}) => {
  await page.emulateMedia({ forcedColors: 'active' });
  await page.setViewportSize({ width: 360, height: 740 });
  const playground = new Playground(page);
  await playground.open();
  await playground.pause();
  const style = (selector: string, name: string) =>
    page
      .locator(selector)
      .first()
      .evaluate((at, of) => getComputedStyle(at).getPropertyValue(of), name);
  const ground = await style('.page', 'background-color');
  const paper = await style('body', 'background-color');
  for (const selector of ['.track', '.playhead', '.phase'])
    expect([ground, paper]).not.toContain(await style(selector, 'background-color'));
  const [chosen, other] = ["[aria-pressed='true']", "[aria-pressed='false']"];
  expect(await style(`.tabs ${chosen}`, 'border-bottom-style')).toBe('solid');
  expect(await style(`.tabs ${other}`, 'border-bottom-style')).toBe('none');
  await expect(page.locator('.cm-mark').first()).toHaveCSS('outline-style', 'solid');
});
