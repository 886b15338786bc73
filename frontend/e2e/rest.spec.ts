/** A finger that rests, a menu over a press, and a keyboard on the screen. */
import { expect, test, type Locator, type Page } from '@playwright/test';

import { Finger, moved, within } from './finger';
import { boxOf, CHAIN, faults, Playground } from './page';

const LONG = `${CHAIN}${Array.from({ length: 40 }, (_, i) => `v${String(i)} = ${String(i)}.5\n`).join('')}`;
const RESTS_MS = 700;

async function begin(page: Page, source = CHAIN): Promise<Playground> {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const playground = new Playground(page);
  await playground.open();
  await playground.type(source);
  await playground.editor.evaluate((editor) => {
    (editor as HTMLElement).blur();
  });
  await playground.pause();
  return playground;
}

/** What a browser asks a page as a finger rests, or a mouse asks for a menu: whether it may show one. */
const menuAt = (target: Locator, pointerType: string): Promise<boolean> =>
  target.evaluate(
    (element, type) =>
      element.dispatchEvent(
        new PointerEvent('contextmenu', { bubbles: true, cancelable: true, pointerType: type }),
      ),
    pointerType,
  );

test.describe('by finger', () => {
  test.use({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });

  test('one that rests on a number selects it there, and pulls at nothing afterwards', async ({ page }) => {
    await begin(page);
    const finger = await Finger.of(page);
    const number = page.locator('.cm-line', { hasText: 'x = ' }).locator('.cm-pull');
    await number.scrollIntoViewIfNeeded();
    const from = await within(number);
    await finger.press(from);
    await page.waitForTimeout(RESTS_MS);
    expect(await menuAt(number, 'touch')).toBe(true);
    await finger.pull([from], [moved(from, 60, 0)]);
    await finger.lift();
    await expect(number).toHaveText('3.0');
    await expect(page.locator('.cm-pulling, .cm-bubble')).toHaveCount(0);
  });

  test('one that rests on the stage or the lanes brings no menu, and leaves nothing held', async ({
    page,
  }) => {
    const playground = await begin(page);
    const finger = await Finger.of(page);
    const canvas = page.locator('.stage canvas').first();
    for (const target of [canvas, page.locator('.lanes .drawn')]) {
      const from = await within(target, 0.06, 0.5);
      await finger.press(from);
      await page.waitForTimeout(RESTS_MS);
      expect(await menuAt(target, 'touch')).toBe(false);
      await finger.lift();
    }
    const before = await canvas.screenshot();
    await page.mouse.move(6, 100);
    await page.mouse.move(14, 200);
    expect((await canvas.screenshot()).equals(before)).toBe(true);
    await expect(playground.button('Loop')).toHaveAttribute('aria-pressed', 'false');
    expect(await page.evaluate(() => String(getSelection()))).toBe('');
  });
});

test('a menu that a mouse asks for in the middle of a press leaves nothing held', async ({ page }) => {
  const playground = await begin(page);
  const canvas = page.locator('.stage canvas').first();
  for (const target of [canvas, page.locator('.lanes .drawn')]) {
    const { x, y } = await within(target, 0.06, 0.5);
    await page.mouse.move(x, y);
    await page.mouse.down();
    expect(await menuAt(target, 'mouse')).toBe(true);
    const before = await target.screenshot();
    await page.mouse.move(x + 80, y + 10, { steps: 5 });
    if (target === canvas) expect((await target.screenshot()).equals(before)).toBe(true);
    await page.mouse.up();
  }
  await expect(playground.button('Loop')).toHaveAttribute('aria-pressed', 'false');
});

/** A keyboard that lies over the page: the window stays as high as it is. */
const cover = (page: Page, height: number): Promise<void> =>
  page.evaluate((left) => {
    const viewport = window.visualViewport;
    if (!viewport) throw new Error('there is no visual viewport');
    Object.defineProperty(viewport, 'height', { configurable: true, value: left });
    viewport.dispatchEvent(new Event('resize'));
  }, height);

for (const [how, open] of [
  ['that lies over the page', (page: Page) => cover(page, 400)],
  ['that makes the window low', (page: Page) => page.setViewportSize({ width: 390, height: 400 })],
] as const) {
  test.describe(`a keyboard ${how}`, () => {
    test.use({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });

    test('leaves the line that is written in sight, beside a strip of the stage', async ({ page }) => {
      const playground = await begin(page, LONG);
      const stage = await boxOf(page.locator('.stage'));
      const line = page.locator('.cm-line', { hasText: /^v8 = / });
      await line.scrollIntoViewIfNeeded();
      await line.tap({ position: { x: 60, y: 10 } });
      await expect(playground.editor).toBeFocused();
      await open(page);
      await expect(page.locator('.timeline')).toBeHidden();
      const inSight = async () => {
        const [written, editor] = [await boxOf(line), await boxOf(page.locator('.cm-scroller'))];
        expect(written.y).toBeGreaterThanOrEqual(editor.y);
        expect(written.y + written.height).toBeLessThanOrEqual(400);
      };
      await expect(inSight).toPass({ timeout: 5000 });
      await page.keyboard.type('1');
      await expect(inSight).toPass({ timeout: 5000 });
      expect((await boxOf(page.locator('.stage'))).height).toBeGreaterThan(120);
      expect((await boxOf(page.locator('.editor'))).height).toBeGreaterThan(180);
      expect(await faults(page)).toEqual([]);
      await playground.editor.evaluate((editor) => {
        (editor as HTMLElement).blur();
      });
      await expect(page.locator('.timeline')).toBeVisible();
      if (how === 'that lies over the page') {
        await cover(page, 844);
        await expect(async () => expect(await boxOf(page.locator('.stage'))).toEqual(stage)).toPass();
      }
    });
  });
}
