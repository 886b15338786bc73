import { expect, test } from '@playwright/test';

import { CHAIN, Playground } from './page';

test('opens with an example that has run and is playing', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await expect(playground.editor).toContainText('import torch');
  await expect(playground.button('Pause')).toBeVisible();
  const before = await playground.stepNumber();
  await expect.poll(() => playground.stepNumber()).toBeGreaterThan(before);
  await expect(playground.sentence).not.toBeEmpty();
});

test('asks no other host for anything', async ({ page, baseURL }) => {
  const elsewhere: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(baseURL ?? '') && !request.url().startsWith('blob:'))
      elsewhere.push(request.url());
  });
  const playground = new Playground(page);
  await playground.open();
  await expect.poll(() => playground.stepNumber()).toBeGreaterThan(2);
  expect(elsewhere).toEqual([]);
});

test('plays to the end, with the gradients that PyTorch gives', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(CHAIN);
  await page.getByRole('combobox', { name: 'Speed' }).selectOption({ label: '4 ×' });
  await expect.poll(() => playground.stepNumber(), { timeout: 20_000 }).toBe(await playground.lastStep());
  await expect(playground.button('Play')).toBeVisible();
  await expect(playground.leaf('x').getByRole('cell').last()).toHaveText('−0.03537');
  await expect(playground.leaf('w').getByRole('cell').last()).toHaveText('0.2122');
});

test('without steps there is nothing to play, and what is pressed does nothing', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type('a = 1\n');
  await page.keyboard.press('Escape');
  const playback = page.getByRole('group', { name: 'Playback' });
  for (const button of await playback.getByRole('button').all()) {
    await expect(button).toHaveAttribute('aria-disabled', 'true');
    await expect(button).toHaveAttribute('title', /\(.+\)/);
    await button.click({ force: true });
  }
  for (const key of ['Space', 'ArrowRight', 'End', 'l']) await page.keyboard.press(key);
  await expect(playground.button('Play')).toBeVisible();
  await expect(page.getByText('no steps', { exact: true })).toBeVisible();
  await playground.type(CHAIN);
  await expect(playground.button('Step forward')).toHaveAttribute('aria-disabled', 'false');
});

test('pauses, plays and steps, by button and by key', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(CHAIN);
  await playground.pause();
  await playground.button('To the start').click();
  expect(await playground.stepNumber()).toBe(0);
  await playground.button('Step forward').click();
  expect(await playground.stepNumber()).toBe(1);
  await page
    .getByRole('region', { name: 'Graph' })
    .getByRole('img')
    .click({ position: { x: 80, y: 5 } });
  await page.keyboard.press('ArrowRight');
  expect(await playground.stepNumber()).toBe(2);
  await page.keyboard.press('ArrowLeft');
  expect(await playground.stepNumber()).toBe(1);
  await page.keyboard.press('End');
  expect(await playground.stepNumber()).toBe(await playground.lastStep());
  await page.keyboard.press('Home');
  expect(await playground.stepNumber()).toBe(0);
  await page.keyboard.press('Space');
  await expect(playground.button('Pause')).toBeVisible();
  await page.keyboard.press('Space');
  await expect(playground.button('Play')).toBeVisible();
});

test('scrubs: sentence, highlight and numbers follow the playhead', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(CHAIN);
  await playground.pause();
  await playground.step.fill('3');
  await expect(page.locator('.cm-mark-forward')).toHaveText('x * w');
  await expect(playground.leaf('x').getByRole('cell').last()).toHaveText('None');
  await expect(page.locator('.cm-result').last()).toContainText('−1.5');
  await playground.step.fill(String(await playground.lastStep()));
  await expect(page.locator('.cm-mark-backward')).toHaveText('z.backward()');
  await expect(page.getByText(/step (\d+) of \1$/)).toBeVisible();
});

test('a long program is scrolled to the line that is played, but not under the hands of a writer', async ({
  page,
}) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(CHAIN.replace('z.backward()', `${'# to be read\n'.repeat(60)}z.backward()`));
  await playground.pause();
  await playground.step.fill('3');
  await expect(page.locator('.cm-mark-forward')).toBeInViewport();
  await expect(page.locator('.cm-mark-forward')).toHaveText('x * w');
  await playground.step.fill(String(await playground.lastStep()));
  await expect(page.locator('.cm-mark-backward')).toBeInViewport();
  await playground.editor.press('ControlOrMeta+Home');
  await page.keyboard.type('# new\n');
  await expect(playground.status).toContainText('Ran in');
  await page.waitForTimeout(300);
  await expect(page.getByText('# new')).toBeInViewport();
});

test('a line has its result once all of it is computed', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(
    'import torch\n\nx = torch.tensor(2.0, requires_grad=True)\ny = x ** 2 + 3 * x\ny.backward()\n',
  );
  await playground.pause();
  await playground.step.fill('2');
  await expect(page.locator('.cm-result')).toHaveText(['2']);
  await playground.step.fill('4');
  await expect(page.locator('.cm-result')).toHaveText(['2', '10']);
});

test('a reader who wants less motion finds all of it there, standing still, and may go to any step', async ({
  page,
}) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const playground = new Playground(page);
  await playground.open();
  await expect(playground.button('Play')).toBeVisible();
  expect(await playground.stepNumber()).toBe(await playground.lastStep());
  await playground.type(CHAIN);
  expect(await playground.stepNumber()).toBe(await playground.lastStep());
  await expect(playground.leaf('w').getByRole('cell').last()).toHaveText('0.2122');
  await playground.step.fill('3');
  await page.reload();
  await playground.ready();
  expect(await playground.stepNumber()).toBe(3);
  await expect(playground.button('Play')).toBeVisible();
});
