import { expect, test } from '@playwright/test';
import { boxOf, faults, Playground } from './page';

const SIZES = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
  { width: 667, height: 375 },
];

for (const viewport of SIZES) {
  test.describe(`at ${viewport.width} px`, () => {
    test.use({ viewport });

    test('nothing that stands on the page shifts while it loads, plays and is loaded again at a step', async ({
      page,
    }) => {
      await page.addInitScript(() => {
        const shifts: number[] = [];
        Object.assign(window, { shifts });
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries())
            shifts.push((entry as PerformanceEntry & { value: number }).value);
        }).observe({ type: 'layout-shift', buffered: true });
      });
      const shifted = (): Promise<number> =>
        page.evaluate(() =>
          (window as unknown as { shifts: number[] }).shifts.reduce((sum, each) => sum + each, 0),
        );
      const playground = new Playground(page);
      await playground.open();
      expect(await page.evaluate(() => PerformanceObserver.supportedEntryTypes)).toContain('layout-shift');
      await expect(playground.status).toContainText('Ran in');
      expect(await shifted()).toBeLessThan(0.02);
      await playground.pause();
      await page.keyboard.press('End');
      await expect(page).toHaveURL(/#./);
      await page.reload();
      await expect(playground.status).toContainText('Ran in');
      expect(await shifted()).toBeLessThan(0.02);
    });
  });
}

test('Tab leads to the list of steps, which is to be seen then; up and down lead through it', async ({
  page,
}) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.pause();
  await page.keyboard.press('Home');
  await playground.step.focus();
  await page.keyboard.press('Tab');
  const steps = page.getByRole('list', { name: 'Steps' });
  const buttons = steps.getByRole('button');
  await expect(buttons.first()).toBeFocused();
  expect((await boxOf(buttons.first())).width).toBeGreaterThan(200);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  expect(await playground.stepNumber()).toBe(3);
  expect(await faults(page)).toEqual([]);
  await page.keyboard.press('Tab');
  await expect(steps.locator('*:focus')).toHaveCount(0);
});

test('the steps are a list of sentences that leads the playhead, and follows it', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.pause();
  await page.keyboard.press('Home');
  const steps = page.getByRole('list', { name: 'Steps' });
  await expect(steps.getByRole('listitem').first()).toHaveText('t enters as a leaf: 2.');
  await steps.getByRole('button', { name: /^exp takes / }).focus();
  await page.keyboard.press('Enter');
  const current = steps.locator('[aria-current=step]');
  await expect(current).toContainText('exp takes');
  await expect(playground.sentence.first()).toHaveText(/^exp takes /);
  await page.keyboard.press('ArrowRight');
  await expect(current).not.toContainText('exp takes');
  await expect(playground.sentence.first()).toHaveText((await current.textContent()) ?? 'no step');
});
