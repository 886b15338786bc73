import { expect, test, type Page } from '@playwright/test';

import { boxOf, faults, Playground } from './page';

const CHANGED = `import torch

x = torch.tensor([1.0, 2.0], requires_grad=True)
y = torch.tanh(x)
y += 1
z = y * y
z.sum().backward()
`;

const SENTENCE =
  'tanh (line 4) saved its result y₁ at version 0; add_ (line 5) changed it in place to version 1; the backward of tanh (line 7) needs version 0';

test('an error by a change in place tells who saved, who changed and who needs it, and leads there', async ({
  page,
}) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(CHANGED);
  await playground.button('To the end').click();
  await expect(playground.sentence).toHaveText(SENTENCE, { useInnerText: true });
  const links = playground.sentence.getByRole('button');
  await expect(links).toHaveText(['tanh (line 4)', 'add_ (line 5)', 'the backward of tanh (line 7)']);
  await links.nth(1).click();
  await expect(playground.inspector.getByRole('heading', { name: 'y₂ = add_' })).toBeVisible();
  await expect(page.locator('.cm-line').filter({ hasText: 'y += 1' })).toHaveClass(/activeLine/);
  await expect(playground.inspector).toContainText('It changed it in place to version 1.');
  await links.nth(2).click();
  await expect(playground.inspector.getByRole('heading', { name: 'y₁ = tanh' })).toBeVisible();
  await expect(page.locator('.cm-line').filter({ hasText: 'z.sum().backward()' })).toHaveClass(/activeLine/);
});

test('the inspector lists how the error came about, from any step', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(CHANGED);
  await page.keyboard.press('Escape');
  await playground.button('To the start').click();
  const chain = playground.inspector.getByRole('region', { name: 'How the error came about' });
  await expect(chain.getByRole('listitem')).toHaveCount(3);
  await chain.getByRole('button', { name: 'How the error came about' }).click();
  expect(await playground.stepNumber()).toBe(await playground.lastStep());
});

for (const width of [390, 360]) {
  test(`on a phone all of the chain is in sight, and the stage stays as it is, ${width} wide`, async ({
    page,
  }) => {
    await page.setViewportSize({ width, height: 844 });
    const playground = new Playground(page);
    await playground.open();
    await playground.type(CHANGED);
    await playground.step.fill('1');
    const stage = await boxOf(page.locator('.stage'));
    await playground.step.fill(await playground.lastStep().then(String));
    await expect(playground.sentence.getByRole('button')).toHaveCount(3);
    const sentence = await boxOf(playground.sentence);
    for (const link of await playground.sentence.getByRole('button').all()) {
      const { y, height } = await boxOf(link);
      expect(y).toBeGreaterThanOrEqual(sentence.y - 1);
      expect(y + height).toBeLessThanOrEqual(sentence.y + sentence.height + 1);
    }
    expect(await playground.sentence.evaluate((all) => all.scrollHeight - all.clientHeight)).toBe(0);
    expect(await boxOf(page.locator('.stage'))).toEqual(stage);
  });
}

test('a write that the graph has no node for is told with its line, and leads there', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  const parts = CHANGED.replace('torch.tanh(x)', 'torch.tanh(x).split(1)').replace(
    'y += 1',
    'z = y[0] + y[1]',
  );
  await playground.type(parts.replace('z = y * y', 'y[0].detach().clamp_(max=0.5)'));
  await playground.button('To the end').click();
  await expect(playground.sentence).toContainText('clamp_ (line 6) changed it in place to version 1');
  await playground.sentence.getByRole('button', { name: 'clamp_ (line 6)' }).click();
  await expect(page.locator('.cm-line').filter({ hasText: 'clamp_' })).toHaveClass(/activeLine/);
});

test('axe finds nothing beside an error', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const playground = new Playground(page);
  await playground.open();
  await playground.type(CHANGED);
  await page.keyboard.press('Escape');
  await playground.button('To the end').click();
  await expect(playground.sentence.getByRole('button').first()).toBeVisible();
  expect(await faults(page)).toEqual([]);
});

const LONG = `import torch

x = torch.ones(3, 7, requires_grad=True)
y = x * 2
raise ValueError("the rows of the batch are longer than the model was made for: " + "${'seven of them, where eight were expected; '.repeat(7)}and this is the end")
`;

/** Whether all of the sentence is to be seen. */
const whole = (page: Page) =>
  page.locator('.sentence').evaluate((told) => {
    const fits = told.scrollWidth <= told.clientWidth && told.scrollHeight <= told.clientHeight + 1;
    return fits && told.getBoundingClientRect().bottom <= innerHeight;
  });

for (const width of [390, 360]) {
  test(`on a phone an error is told whole, ${width} wide`, async ({ page }) => {
    await page.setViewportSize({ width, height: 844 });
    const playground = new Playground(page);
    await playground.open();
    await playground.type(LONG.replace(/(seven of them.*?; ){7}/, ''));
    await playground.step.fill('1');
    const stage = await boxOf(page.locator('.stage'));
    await playground.step.fill(await playground.lastStep().then(String));
    await expect(playground.sentence).toContainText('and this is the end');
    await expect.poll(() => whole(page)).toBe(true);
    expect(await boxOf(page.locator('.stage'))).toEqual(stage);
  });
}

const SUM = `import torch

a_rather_long_name = torch.tensor(1.2345, requires_grad=True)
another_long_name = a_rather_long_name * 1.2345
yet_another_long_name = a_rather_long_name + another_long_name * another_long_name
yet_another_long_name.backward()
`;

for (const [name, source, viewport] of [
  ['on a phone', SUM, { width: 360, height: 740 }],
  ['on a wide screen', LONG, { width: 1280, height: 800 }],
] as const) {
  test(`a sentence that is cut is whole with the focus, by press and by key, and nothing moves, ${name}`, async ({
    page,
  }) => {
    await page.setViewportSize(viewport);
    const playground = new Playground(page);
    await playground.open();
    await playground.type(source);
    await playground.step.focus();
    await page.keyboard.press('End');
    await expect.poll(() => whole(page)).toBe(false);
    const lanes = await boxOf(page.locator('.lanes'));
    await playground.sentence.click();
    await expect.poll(() => whole(page)).toBe(true);
    expect(await boxOf(page.locator('.lanes'))).toEqual(lanes);
    expect(await faults(page)).toEqual([]);
    await playground.sentence.click();
    await expect(playground.sentence).not.toBeFocused();
    expect(await whole(page)).toBe(false);
    await playground.sentence.focus();
    await page.keyboard.press('Shift+Tab');
    await expect(playground.sentence).not.toBeFocused();
    await page.keyboard.press('Tab');
    await expect(playground.sentence).toBeFocused();
    expect(await whole(page)).toBe(true);
  });
}

test('on a phone an error without end scrolls, by key, too', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  const playground = new Playground(page);
  await playground.open();
  await playground.type(LONG);
  await playground.step.focus();
  await page.keyboard.press('End');
  await expect(playground.sentence).toContainText('and this is the end');
  await playground.sentence.focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect
    .poll(() =>
      playground.sentence.evaluate((told) => told.scrollHeight - told.clientHeight - told.scrollTop),
    )
    .toBeLessThan(2);
});

const SHAPES = 'import torch\na = torch.randn(2, 3, requires_grad=True)\nb = a @ a\n';

test('an error is told under its line and at its step, and read aloud once', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const playground = new Playground(page);
  await playground.open();
  await playground.type(SHAPES);
  const message = /mat1 and mat2 shapes cannot be multiplied/;
  await expect(page.locator('.cm-remark-error')).toContainText(message);
  await expect(playground.sentence).toContainText(message);
  await expect(playground.inspector).not.toContainText(message);
  expect(await playground.status.innerText()).toMatch(/^Line 3: RuntimeError/);
  await expect(playground.status.locator('.hidden-visually')).toContainText(message);
  await expect(playground.sentence).toHaveAttribute('aria-live', 'off');
  await page.locator('.cm-lintRange-error').first().hover();
  await page.waitForTimeout(500);
  await expect(page.locator('.cm-tooltip').filter({ visible: true })).toHaveCount(0);
  await page.keyboard.press('Escape');
  await playground.button('Step back').click();
  await playground.button('Step forward').click();
  await expect(playground.sentence).toContainText(message);
  await expect(playground.sentence).toHaveAttribute('aria-live', 'polite');
});
