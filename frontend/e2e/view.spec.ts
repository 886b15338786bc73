import { expect, test, type Locator, type Page } from '@playwright/test';

import { boxOf, CHAIN, faults, Playground } from './page';

/** Deeper than any window is high. */
const DEEP = `import torch

x = torch.tensor(0.5, requires_grad=True)
y = x
for i in range(40):
    y = torch.sin(y)
y.backward()
`;
/** The same again and again, each turn deeper than the one before. */
const DEEP_LOOP = `import torch

w = torch.tensor(0.5, requires_grad=True)
for turn in range(4):
    y = w
    for i in range(20 + turn):
        y = torch.sin(y)
    loss = (y - 1) ** 2
    loss.backward()
    w.data -= 0.1 * w.grad
    w.grad = None
`;
const RIGHT = 'Let data flow to the right';
const DOWN = 'Let data flow downwards';

/** How many nodes of a kind are told by the tip, and where, along a line through the middle of the stage. */
async function seenAlong(page: Page, way: 'down' | 'right'): Promise<string[]> {
  const { x, y, width, height } = await boxOf(page.locator('.stage canvas').first());
  const found: string[] = [];
  const length = way === 'down' ? height : width;
  for (let at = 8; at < length; at += 14) {
    const [right, down] = way === 'down' ? [width / 2, at] : [at, height / 2];
    await page.mouse.move(x + right, y + down);
    const [tip = ''] = await page.locator('.tip .head .mono').allTextContents();
    if (tip !== '' && !tip.includes('→') && found.at(-1) !== tip) found.push(tip);
  }
  return found;
}

const zoomOf = (page: Page): Locator => page.getByRole('status', { name: 'Zoom' });

test.describe('the way that data flows', () => {
  test.use({ reducedMotion: 'reduce' });

  test('is turned by a button and a key, and remembered', async ({ page }) => {
    const playground = new Playground(page);
    await playground.open();
    await playground.type(CHAIN);
    await playground.pause();
    await page.keyboard.press('Escape');
    expect(await seenAlong(page, 'down')).toEqual(expect.arrayContaining(['y = mul', 'z = sin']));
    await playground.button(RIGHT).click();
    await expect(playground.button(DOWN)).toBeVisible();
    await expect(async () => {
      expect(await seenAlong(page, 'right')).toEqual(expect.arrayContaining(['y = mul', 'z = sin']));
    }).toPass();
    await page.reload();
    await playground.ready();
    await expect(playground.button(DOWN)).toBeVisible();
    await playground.button(DOWN).focus();
    await page.keyboard.press('t');
    await expect(playground.button(RIGHT)).toBeVisible();
    await page.reload();
    await playground.ready();
    await expect(playground.button(RIGHT)).toBeVisible();
  });

  test('follows the shape of the stage until it is chosen', async ({ page }) => {
    await page.setViewportSize({ width: 1900, height: 480 });
    const playground = new Playground(page);
    await playground.open();
    await playground.pause();
    await expect(playground.button(DOWN)).toBeVisible();
    await page.setViewportSize({ width: 1840, height: 500 });
    await expect(playground.button(DOWN)).toBeVisible();
    await page.setViewportSize({ width: 1280, height: 900 });
    await expect(playground.button(RIGHT)).toBeVisible();
    await page.setViewportSize({ width: 390, height: 844 });
    await expect(playground.button(RIGHT)).toBeVisible();
  });

  test('stays while a number is pulled, whatever becomes of the graph, and is judged anew for other text', async ({
    page,
  }) => {
    await page.setViewportSize({ width: 1900, height: 480 });
    const playground = new Playground(page);
    await playground.open();
    await playground.type(DEEP.replace('40', '1'));
    await expect(playground.button(RIGHT)).toBeVisible();
    const number = page.locator('.cm-pull', { hasText: /^1$/ });
    await number.click();
    for (let i = 0; i < 3; i++) await page.keyboard.press('Control+Alt+ArrowUp');
    await expect(playground.node('y = sin')).toHaveCount(4);
    await expect(playground.button(RIGHT)).toBeVisible();
    await playground.type(DEEP.replace('40', '5'));
    await expect(playground.node('y = sin')).toHaveCount(5);
    await expect(playground.button(DOWN)).toBeVisible();
  });

  test('leaves what was selected where it is, where the reader decides on the view', async ({ page }) => {
    const playground = new Playground(page);
    await playground.open();
    await playground.type(CHAIN);
    await playground.pause();
    for (let i = 0; i < 3; i++) await playground.button('Zoom in').click();
    const canvas = page.locator('.stage canvas').first();
    const { width, height } = await boxOf(canvas);
    const here = { x: width / 2, y: height / 2 };
    await expect(async () => {
      await canvas.click({ position: here });
      await expect(playground.node('y = mul')).toHaveAttribute('aria-pressed', 'true', { timeout: 500 });
    }).toPass();
    await playground.button(RIGHT).click();
    await expect(playground.button(DOWN)).toBeVisible();
    await canvas.hover({ position: { x: here.x, y: here.y - 3 } });
    await canvas.hover({ position: here });
    await expect(page.locator('.tip')).toContainText('y = mul');
  });

  test('axe finds nothing wrong with a graph that flows to the right', async ({ page }) => {
    const playground = new Playground(page);
    await playground.open();
    await playground.button(RIGHT).click();
    await expect(playground.button(DOWN)).toBeVisible();
    expect(await faults(page)).toEqual([]);
  });
});

/** After which the small map has found its corner. */
const STANDS_MS = 500;

/** Whether the small map has the playhead within what is seen. */
async function inFrame(page: Page): Promise<boolean> {
  const [dot, part] = [
    await boxOf(page.locator('.minimap .here')),
    await boxOf(page.locator('.minimap .frame')),
  ];
  return dot.y + dot.height / 2 > part.y && dot.y + dot.height / 2 < part.y + part.height;
}

test('a deep graph begins in letters that can be read, is seen as a whole, and again from near', async ({
  page,
}) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(DEEP);
  await playground.pause();
  await expect(zoomOf(page)).toHaveText('70 %');
  await playground.button('Fit the graph').click();
  await expect(playground.button('Back to where you were')).toBeVisible();
  const percent = async (): Promise<number> => Number.parseInt((await zoomOf(page).textContent()) ?? '');
  await expect.poll(percent).toBeLessThan(25);
  await playground.button('Back to where you were').focus();
  await page.keyboard.press('f');
  await expect(zoomOf(page)).toHaveText('70 %');
  await expect(playground.button('Fit the graph')).toBeVisible();
});

test('what plays out of sight is followed again after the reader looked elsewhere', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(DEEP);
  await playground.pause();
  await playground.step.fill('30');
  await expect.poll(() => inFrame(page)).toBe(true);
  await page.locator('.minimap').click({ position: { x: 72, y: 8 } });
  await expect.poll(() => inFrame(page)).toBe(false);
  await playground.button('Play').click();
  await expect.poll(() => inFrame(page)).toBe(true);
});

test.describe('where a layout takes its time', () => {
  test.use({ reducedMotion: 'reduce' });
  const LATE_MS = 200;

  test('the view goes along into another iteration, and the small map holds all of the graph', async ({
    page,
  }) => {
    await page.addInitScript((late) => {
      const send = Object.getOwnPropertyDescriptor(Worker.prototype, 'postMessage')?.value as (
        this: Worker,
        ...all: unknown[]
      ) => void;
      Worker.prototype.postMessage = function (this: Worker, ...all: unknown[]) {
        setTimeout(() => send.apply(this, all), late);
      };
    }, LATE_MS);
    const playground = new Playground(page);
    await playground.open();
    await playground.type(DEEP_LOOP);
    await playground.pause();
    await page.waitForTimeout(3 * LATE_MS);
    for (const [step, turn] of [
      [125, 'iteration 3 of 4'], // at the lower end
      [56, 'iteration 2 of 4'], // at the upper end
    ] as const) {
      await playground.step.fill(String(step));
      await expect(page.locator('.count')).toContainText(turn);
      await page.waitForTimeout(3 * LATE_MS);
      expect(await inFrame(page)).toBe(true);
      const [map, dot] = [await boxOf(page.locator('.minimap')), await boxOf(page.locator('.minimap .here'))];
      expect(dot.y + dot.height).toBeLessThanOrEqual(map.y + map.height);
    }
  });
});

test('the small map goes to the corner where it covers least', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.pause();
  await page.keyboard.press('Escape');
  await page.keyboard.press('f');
  const map = page.locator('.minimap');
  await expect(map).toBeHidden();
  const { x, y, width, height } = await boxOf(page.locator('.stage canvas').first());
  const drag = async (right: number, down: number): Promise<void> => {
    const from = { x: x + width - 20, y: y + height / 2 };
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(from.x + right, from.y + down, { steps: 4 });
    await page.mouse.up();
    await page.mouse.move(from.x, from.y);
  };
  const atLowerLeft = async (): Promise<boolean> => {
    const box = await boxOf(map);
    return box.x < x + width / 2 && box.y > y + height / 2;
  };
  await drag(0, -0.4 * height);
  await expect(map).toBeVisible();
  await expect.poll(atLowerLeft).toBe(true);
  await drag(-width / 3, 0.4 * height);
  await drag(0, 0.4 * height);
  await expect.poll(atLowerLeft).toBe(false);
});

test('the small map stays in its corner while it plays, and goes for the node at work', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(DEEP);
  await playground.pause();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Home');
  const map = page.locator('.minimap');
  await expect(map).toBeVisible();
  await page.waitForTimeout(STANDS_MS);
  const corner = await boxOf(map);
  // The playhead's node under the map: out of sight, and back where it was once that is elsewhere.
  await page.keyboard.press('ArrowRight');
  const { x, y, width, height } = await boxOf(page.locator('.stage canvas').first());
  const node = { x: x + width / 2, y: y + 60 };
  await page.mouse.move(node.x, node.y);
  await page.mouse.down();
  await page.mouse.move(corner.x + corner.width / 2, corner.y + corner.height / 2, { steps: 6 });
  await page.mouse.up();
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.waitForTimeout(STANDS_MS);
  const moved = await boxOf(map);
  const away = moved.x !== corner.x || moved.y !== corner.y;
  expect(away || (await map.evaluate((element) => getComputedStyle(element).opacity)) === '0').toBe(true);
  await playground.button('Play').click();
  const seen = new Set<string>();
  for (let i = 0; i < 20; i++) {
    const { x: left, y: top } = await boxOf(map);
    seen.add(`${left} ${top}`);
    await page.waitForTimeout(60);
  }
  expect([...seen]).toHaveLength(1);
});

test('keys move the view over the graph, and turn and fit it; the sheet lists them', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.pause();
  const map = page.locator('.minimap');
  const frame = map.locator('.frame');
  for (let i = 0; i < 6; i++) await playground.button('Zoom in').click();
  await expect(map).toBeVisible();
  const start = await boxOf(frame);
  await page.keyboard.press('s');
  await expect.poll(async () => (await boxOf(frame)).y).toBeGreaterThan(start.y + 1);
  await page.keyboard.press('w');
  await page.keyboard.press('d');
  await expect.poll(async () => (await boxOf(frame)).x).toBeGreaterThan(start.x + 1);
  await expect.poll(async () => Math.round((await boxOf(frame)).y - start.y)).toBe(0);
  await page.keyboard.press('a');
  await expect.poll(async () => Math.round((await boxOf(frame)).x - start.x)).toBe(0);
  await page.keyboard.press('f');
  await expect(map).toBeHidden();
  await page.keyboard.press('?');
  const sheet = page.getByRole('dialog', { name: 'Signs and keys' });
  for (const does of ['all of it, and back', 'up, left, down, right', 'turn it: down, or to the right']) {
    await expect(sheet.getByText(does)).toBeVisible();
  }
});

test('keys zoom about what is selected', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(
    'import torch\n\nx = torch.tensor(0.5, requires_grad=True)\nz = x.sin().cos().tan().exp()\n',
  );
  await playground.pause();
  await playground.node('z = exp').evaluate((button: HTMLElement) => button.click());
  await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  for (let i = 0; i < 8; i++) await page.keyboard.press('+');
  expect(await seenAlong(page, 'down')).toContain('z = exp');
});
