/** A phone on its side: the stage has its height, what is written or inspected stands beside it. */
import { expect, test } from '@playwright/test';

import { Finger, moved, within } from './finger';
import { boxOf, CHAIN, faults, Playground } from './page';

const DESCENT = `import torch

x = torch.tensor(3.0, requires_grad=True)
for step in range(3):
    loss = x ** 2
    loss.backward()
    with torch.no_grad():
        x -= 0.1 * x.grad
        x.grad = None
`;

const SIZES = [
  { width: 844, height: 390 },
  { width: 667, height: 375 },
  { width: 640, height: 360 },
];

for (const viewport of SIZES) {
  test.describe(`${String(viewport.width)} by ${String(viewport.height)}`, () => {
    test.use({ viewport, isMobile: true, hasTouch: true });

    test('stage, program and playing have room, and nothing is outside the window', async ({ page }) => {
      const playground = new Playground(page);
      await playground.open();
      await playground.type(CHAIN);
      const stage = await boxOf(page.locator('.stage'));
      expect(stage.height).toBeGreaterThan(0.75 * viewport.height);
      expect(stage.width).toBeGreaterThan(0.55 * viewport.width);
      expect((await boxOf(page.locator('.editor'))).height).toBeGreaterThan(160);
      const shown = [playground.button('Play').or(playground.button('Pause')), playground.step];
      for (const part of [
        ...shown,
        ...['Examples', 'Open', 'Signs and keys', 'Inspector', 'Fit the graph', 'Loop'].map((name) =>
          page.getByRole('button', { name, exact: true }),
        ),
        page.getByRole('combobox', { name: 'Speed' }),
      ]) {
        await expect(part.first()).toBeInViewport({ ratio: 0.99 });
      }
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
      const [lanes, track] = [await boxOf(page.locator('.lanes')), await boxOf(page.locator('.scrubber'))];
      expect([lanes.x, lanes.width]).toEqual([track.x, track.width]);
      expect(lanes.y + lanes.height / 2).toBeCloseTo(track.y + track.height / 2);
      expect(lanes.y + lanes.height).toBeLessThanOrEqual(viewport.height);
    });

    test("it plays, the sentence has one line, and what is inspected takes the program's place", async ({
      page,
    }) => {
      const playground = new Playground(page);
      await playground.open();
      await playground.type(CHAIN);
      await playground.pause();
      const [stage, told] = [await boxOf(page.locator('.stage')), await boxOf(playground.sentence)];
      const before = await playground.stepNumber();
      await playground.button('Step forward').or(playground.button('Step back')).first().tap();
      await expect.poll(() => playground.stepNumber()).not.toBe(before);
      expect((await boxOf(playground.sentence)).height).toBe(told.height);
      expect(told.height).toBeLessThan(25);
      await playground.button('Loop').tap();
      const begins = page.getByRole('slider', { name: 'Loop begins' });
      await expect(begins).toHaveAttribute('aria-valuenow', '1');
      const finger = await Finger.of(page);
      const grip = await within(begins);
      await finger.swipe(grip, moved(grip, 60, 0));
      await expect(begins).not.toHaveAttribute('aria-valuenow', '1');
      await playground.button('Loop').tap();
      await expect(begins).toHaveCount(0);
      await page.getByRole('group', { name: 'Pane' }).getByRole('button', { name: 'Inspector' }).tap();
      await expect(playground.inspector).toBeVisible();
      await expect(playground.editor).toBeHidden();
      expect(await boxOf(page.locator('.stage'))).toEqual(stage);
    });

    test('a sentence that is cut opens upwards, in sight', async ({ page }) => {
      const playground = new Playground(page);
      await playground.open();
      await playground.type(`${CHAIN}raise ValueError("it went wrong, " * 12)\n`);
      await playground.pause();
      await playground.step.fill(String(await playground.lastStep()));
      await expect(playground.sentence).toContainText('ValueError');
      await playground.sentence.tap();
      const { y, height } = await boxOf(playground.sentence);
      expect(height).toBeGreaterThan(40);
      const step = await boxOf(playground.step);
      expect(y + height).toBeLessThan(step.y + step.height / 2);
    });

    test('of a training loop the loss is told in numbers', async ({ page }) => {
      const playground = new Playground(page);
      await playground.open();
      await playground.type(DESCENT);
      await playground.pause();
      await playground.step.fill(String(await playground.lastStep()));
      const loss = page.locator('.told .loss');
      await expect(loss).toBeInViewport({ ratio: 0.99 });
      await expect(loss).toContainText('loss 3.69');
      if (viewport.width > 800) await expect(loss).toContainText('3.69 to 9');
    });

    test('axe finds nothing', async ({ page }) => {
      await page.emulateMedia({ reducedMotion: 'reduce' });
      const playground = new Playground(page);
      await playground.open();
      expect(await faults(page)).toEqual([]);
    });
  });
}
