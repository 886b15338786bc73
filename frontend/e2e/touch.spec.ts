/** The page by finger, on a phone and on a wide screen: pulling, scrolling, zooming, scrubbing, sliding. */
import { expect, test, type Locator, type Page } from '@playwright/test';

import { Finger, moved, within } from './finger';
import { boxOf, CHAIN, Playground } from './page';

/** Longer than a phone shows. */
const LONG = CHAIN + Array.from({ length: 30 }, (_, i) => `v${i} = ${i}.5\n`).join('');
const TRAINING = `import torch

w = torch.tensor(0.5, requires_grad=True)
for epoch in range(20):
    loss = (w - 3) ** 2
    loss.backward()
    w.data -= 0.1 * w.grad
    w.grad = None
`;
const NET = `import torch
from torch import nn

net = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
net(torch.tensor([[1.0, 2.0]])).sum().backward()
`;
const SCREENS = [
  { name: 'on a phone', viewport: { width: 390, height: 844 }, isMobile: true },
  { name: 'on a wide screen', viewport: { width: 1280, height: 800 }, isMobile: false },
];

const number = (page: Page): Locator => page.locator('.cm-line', { hasText: 'x = ' }).locator('.cm-pull');
const scrolled = (page: Page): Promise<number> =>
  page.locator('.cm-scroller').evaluate((element) => element.scrollTop);
const selected = (page: Page): Promise<string> => page.evaluate(() => String(getSelection()));

async function begin(page: Page, source: string): Promise<{ playground: Playground; finger: Finger }> {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(source);
  await playground.pause();
  await playground.step.fill(String(await playground.lastStep()));
  await playground.editor.evaluate((element) => (element as HTMLElement).blur());
  await page.locator('.cm-scroller').evaluate((element) => element.scrollTo(0, 0));
  return { playground, finger: await Finger.of(page) };
}

for (const { name, ...screen } of SCREENS) {
  test.describe(name, () => {
    test.use({ ...screen, hasTouch: true });

    test('a finger pulls at a number: value and picture follow, and nothing else moves', async ({ page }) => {
      const { playground, finger } = await begin(page, LONG);
      await expect(number(page)).toHaveText('3.0');
      const from = await within(number(page));
      await finger.press(from);
      await finger.pull([from], [moved(from, 40, 3)]);
      await expect(number(page)).not.toHaveText('3.0');
      const half = Number(await number(page).innerText());
      const bubble = page.locator('.cm-bubble');
      await expect(number(page)).toHaveText(await bubble.innerText());
      expect((await within(bubble, 0.5, 1)).y).toBeLessThan(from.y - 20);
      await finger.pull([moved(from, 40, 3)], [moved(from, 90, -20)]);
      await finger.lift();
      const whole = Number(await number(page).innerText());
      expect(half).toBeGreaterThan(3);
      expect(whole).toBeGreaterThan(half + 1);
      await expect(playground.status).toHaveAttribute('aria-busy', 'false');
      await expect(page.locator('.cm-line', { hasText: 'x = ' }).locator('.cm-result')).toContainText(
        String(whole),
      );
      await expect(page.locator('.effect')).toBeVisible();
      expect(await scrolled(page)).toBe(0);
      expect(await selected(page)).toBe('');
      await expect(bubble).toHaveCount(0);
      await finger.tap(await within(playground.button('Undo the pull')));
      await expect(number(page)).toHaveText('3.0');
      expect(await scrolled(page)).toBe(0);
    });

    test('what a pull did stands beside the step, also where the numbers are long', async ({ page }) => {
      const { finger, playground } = await begin(page, TRAINING);
      const rate = page.locator('.cm-line', { hasText: 'w.data' }).locator('.cm-pull');
      await rate.scrollIntoViewIfNeeded();
      const from = await within(rate);
      await finger.swipe(from, moved(from, 50, 0));
      const effect = page.locator('.effect');
      await expect(effect).toContainText(/→ (\d{7,}|[\d.]+e\d+)/);
      const sentence = await within(playground.sentence, 0.5, 0);
      expect(sentence.y).toBeGreaterThanOrEqual(
        (await within(effect, 0.5, 1)).y - (screen.isMobile ? 0 : 24),
      );
      expect((await within(playground.sentence, 0.5, 1)).y).toBeLessThanOrEqual(
        (await within(page.locator('.lanes'), 0.5, 0)).y,
      );
      await expect(page.locator('.scale span').first()).toHaveText(/^\d\.\de\d+$/);
    });

    test('a finger that moves up or down from a number scrolls, also where it moves aside later', async ({
      page,
    }) => {
      const { finger } = await begin(page, LONG);
      const from = await within(number(page));
      await finger.swipe(from, moved(from, 50, -90));
      expect(await scrolled(page)).toBeGreaterThan(50);
      await expect(page.locator('.cm-pulling')).toHaveCount(0);
      await expect(page.locator('.effect')).toHaveCount(0);
      await page.locator('.cm-scroller').evaluate((element) => element.scrollTo(0, 0));
      await expect(number(page)).toHaveText('3.0');
    });

    test('while it plays, a program that a finger has scrolled stays there for a moment', async ({
      page,
    }) => {
      const far = CHAIN.replace('z.backward()', `${'# to be read\n'.repeat(60)}z.backward()`);
      const { finger, playground } = await begin(page, far);
      await playground.step.fill('1');
      await playground.button('Play').click();
      const from = await within(page.locator('.cm-scroller'), 0.5, 0.9);
      await finger.swipe(from, moved(from, 0, -100));
      await page.waitForTimeout(500);
      const [before, step] = [await scrolled(page), await playground.stepNumber()];
      expect(before).toBeGreaterThan(50);
      await expect.poll(() => playground.stepNumber()).toBeGreaterThan(step);
      expect(await scrolled(page)).toBe(before);
    });

    test('the help says what fingers do', async ({ page }) => {
      const { finger, playground } = await begin(page, CHAIN);
      await finger.tap(await within(playground.button('Signs and keys')));
      await expect(page.getByRole('heading', { name: 'By finger' })).toBeVisible();
    });

    test('a tap on a number puts the cursor there', async ({ page }) => {
      const { finger, playground } = await begin(page, CHAIN);
      await finger.tap(await within(number(page), 0.9));
      await expect(playground.editor).toBeFocused();
      await page.keyboard.type('5');
      await expect(number(page)).toHaveText('3.05');
    });

    test('over a keyboard on the screen there is room for lines of the program, and for what is written', async ({
      page,
    }) => {
      const { finger, playground } = await begin(page, CHAIN);
      await expect(page.locator('.hint')).toBeVisible();
      await finger.tap(await within(number(page), 0.9));
      const { width } = page.viewportSize() ?? { width: 390 };
      await page.setViewportSize({ width, height: width < 500 ? 460 : 200 });
      await expect(page.locator('[data-keyboard]')).toHaveCount(1);
      await expect(page.locator('.hint')).toBeHidden();
      await page.keyboard.type('5');
      await expect(number(page)).toHaveText('3.05');
      await expect(number(page)).toBeInViewport({ ratio: 0.99 });
      await expect(playground.editor).toBeFocused();
    });

    test('two fingers zoom the stage, one moves it, and the page stays as it is', async ({ page }) => {
      const { finger, playground } = await begin(page, CHAIN);
      const canvas = page.locator('.stage canvas').first();
      const pressed = playground.node('leaf w');
      const middle = await within(canvas);
      const apart = (px: number) => [moved(middle, -px, 0), moved(middle, px, 0)];
      const size = async () => (await page.evaluate(() => visualViewport?.scale)) ?? 0;
      const before = await canvas.screenshot();
      await finger.press(...apart(30));
      await finger.pull(apart(30), apart(90));
      await finger.lift();
      const zoomed = await canvas.screenshot();
      expect(zoomed.equals(before)).toBe(false);
      await finger.swipe(middle, moved(middle, 60, 40));
      expect((await canvas.screenshot()).equals(zoomed)).toBe(false);
      expect(await size()).toBe(1);
      await expect(pressed).toHaveAttribute('aria-pressed', 'false');
    });

    test('two taps of a finger close an open group, where they are a little apart', async ({ page }) => {
      await page.emulateMedia({ reducedMotion: 'reduce' });
      const { finger, playground } = await begin(page, NET);
      await finger.tap(await within(playground.button('Fit the graph')));
      const canvas = page.locator('.stage canvas').first();
      const { height } = await boxOf(canvas);
      const group = page.getByRole('list', { name: 'Nodes' }).locator('[aria-expanded="false"]');
      await expect(async () => {
        const ground = moved(await within(canvas), -0.08 * height, 0);
        await finger.tap(moved(ground, 0, -8));
        await finger.tap(moved(ground, 0, 8));
        await expect(group).toHaveCount(1, { timeout: 500 });
      }).toPass();
    });

    test('a finger scrubs the timeline, goes to a place on the lanes, and pulls a loop', async ({ page }) => {
      const { finger, playground } = await begin(page, TRAINING);
      const last = await playground.lastStep();
      const near = async (share: number) =>
        expect(Math.abs((await playground.stepNumber()) / last - share)).toBeLessThan(0.06);
      await finger.swipe(await within(playground.step, 0.95), await within(playground.step, 0.3));
      await near(0.3);
      const lanes = page.locator('.lanes');
      await finger.tap(await within(lanes, 0.7, 0.8));
      await near(0.7);
      await finger.swipe(await within(lanes, 0.2, 0.8), await within(lanes, 0.5, 0.8));
      await expect(playground.button('Loop')).toHaveAttribute('aria-pressed', 'true');
      await expect(lanes.locator('.loop')).toBeVisible();
      await near(0.7);
    });

    test('a slider follows a finger, and is left as it was by one that scrolls', async ({ page }) => {
      const { finger, playground } = await begin(page, CHAIN);
      await finger.tap(await within(playground.button('Expression').first()));
      const slider = page.getByRole('slider', { name: 'w', exact: true });
      const written = page.getByRole('textbox', { name: 'w, as a number' });
      await expect(written).toHaveValue('2');
      await finger.swipe(await within(slider, 0.7), await within(slider, 0.9));
      await expect(written).not.toHaveValue('2');
      const value = await written.inputValue();
      expect(Number(value)).toBeGreaterThan(3);
      await expect(playground.status).toHaveAttribute('aria-busy', 'false');
      if (!screen.isMobile) return; // all of it has room there
      const from = await within(slider, 0.3);
      await finger.swipe(from, moved(from, 2, -60));
      await expect(written).toHaveValue(value);
      await expect(slider).toHaveValue(value);
    });
  });
}

test.describe('on a phone that lies on its side', () => {
  test.use({ viewport: { width: 844, height: 390 }, isMobile: true, hasTouch: true });

  test('most of the height is for stage and program', async ({ page }) => {
    const { playground } = await begin(page, CHAIN);
    expect((await boxOf(page.locator('.stage'))).height).toBeGreaterThan(220);
    await expect(playground.button('Play')).toBeInViewport();
    await expect(playground.step).toBeInViewport();
    await expect(number(page)).toBeInViewport();
  });
});
