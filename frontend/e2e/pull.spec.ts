/** That numbers can be pulled is to be seen, and what becomes of the loss. */
import { expect, test } from '@playwright/test';

import { boxOf, CHAIN, Playground } from './page';
import { FEW, otherPixels, pixelsOf, type Pixels } from './pixels';

const HINT = 'Pull a number sideways: the picture follows.';

for (const viewport of [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
]) {
  test(`numbers that can be pulled are marked, and told of once, ${viewport.width} wide`, async ({
    page,
  }) => {
    await page.setViewportSize(viewport);
    const playground = new Playground(page);
    await playground.open();
    await playground.type(CHAIN);
    await playground.pause();
    const number = page.locator('.cm-pull', { hasText: '3.0' });
    await expect(number).toHaveCSS('text-decoration-line', 'underline');
    const hint = page.getByText(HINT);
    await expect(hint).toBeVisible();
    await number.scrollIntoViewIfNeeded();
    const box = await boxOf(number);
    await page.mouse.move(box.x + 8, box.y + 8);
    await page.mouse.down();
    await page.mouse.move(box.x + 30, box.y + 8);
    await page.mouse.up();
    await expect(hint).toBeHidden();
    await page.reload();
    await playground.ready();
    await expect(number.or(page.locator('.cm-pull').first())).toBeVisible();
    await expect(hint).toBeHidden();
  });
}

test('the hint can be put away, and is not there beside an expression', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.button('Expression').click();
  await expect(page.getByText(HINT)).toBeHidden();
  await playground.button('Program').click();
  await playground.button('Put this hint away').click();
  await expect(page.getByText(HINT)).toBeHidden();
});

test('what is read beside the picture follows a hand that never rests', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(CHAIN);
  await playground.pause();
  const box = await boxOf(page.locator('.cm-pull', { hasText: '3.0' }));
  const numbers = ['.cm-pull', '.cm-result-value', '.inspector td'].map((each) => page.locator(each).first());
  await page.mouse.move(box.x + 4, box.y + 8);
  await page.mouse.down();
  const seen = numbers.map(() => new Set<string | null>());
  const until = Date.now() + 1500;
  for (let moved = 4; Date.now() < until; moved++) {
    await page.mouse.move(box.x + 4 + moved, box.y + 8);
    for (const [i, number] of numbers.entries()) seen[i]?.add(await number.textContent());
  }
  for (const texts of seen) expect(texts.size).toBeGreaterThan(3);
  await page.mouse.up();
});

test('a pull that changes the graph leaves the playhead at the end, there and back', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(
    'import torch\n\nw = torch.tensor(2.0, requires_grad=True)\nfor i in range(6):\n    loss = (w - 1.0) ** 2\n    loss.backward()\n',
  );
  await playground.button('To the end').click();
  const before = await playground.lastStep();
  const box = await boxOf(page.locator('.cm-pull', { hasText: '6' }));
  const [x, y] = [box.x + 4, box.y + 8];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 30, y, { steps: 3 });
  const after = before + 4 * 6; // four iterations more, of six steps each
  await expect.poll(() => playground.lastStep()).toBe(after);
  await expect.poll(() => playground.stepNumber()).toBe(after);
  await page.mouse.move(x + 20, y);
  await page.keyboard.press('Escape');
  await page.mouse.up();
  await expect.poll(() => playground.lastStep()).toBe(before);
  expect(await playground.stepNumber()).toBe(before);
  await expect(page.locator('.effect')).toHaveCount(0);
});

test('a pull into an error that is taken back leaves the playhead at the end', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type('import torch\nw = torch.ones(3, requires_grad=True)\n(w * 2).sum().backward()\n');
  await playground.button('To the end').click();
  const before = await playground.lastStep();
  const box = await boxOf(page.locator('.cm-pull', { hasText: '3' }));
  await page.mouse.move(box.x + 4, box.y + 8);
  await page.mouse.down();
  await page.mouse.move(box.x - 60, box.y + 8, { steps: 10 });
  await page.mouse.up();
  await expect(page.locator('.cm-remark-error')).toBeVisible();
  await page.keyboard.press('ControlOrMeta+z');
  await expect.poll(() => playground.lastStep()).toBe(before);
  expect(await playground.stepNumber()).toBe(before);
  await expect(playground.button('Play')).toBeVisible();
});

const CONVERSATION = /\/api\/v1\/trace\?series=/;

for (const [way, opens] of [
  ['a WebSocket', true],
  ['requests where there can be no WebSocket', false],
] as const)
  test(`a pull is carried by ${way}, and what it ends with by a request`, async ({ page }) => {
    await page.routeWebSocket(CONVERSATION, (socket) => (opens ? socket.connectToServer() : socket.close()));
    const requests: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST') requests.push(request.headers()['backlight-series'] ?? 'none');
    });
    const messages: (string | Buffer)[] = [];
    page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => messages.push(payload)));
    const playground = new Playground(page);
    await playground.open();
    await playground.type(CHAIN);
    await playground.pause();
    const box = await boxOf(page.locator('.cm-pull', { hasText: '3.0' }));
    requests.length = 0;
    await page.mouse.move(box.x + 4, box.y + 8);
    await page.mouse.down();
    for (let i = 1; i <= 30; i++) {
      await page.mouse.move(box.x + 4 + 3 * i, box.y + 8);
      await page.waitForTimeout(30);
    }
    await expect(page.locator('.cm-line', { hasText: 'x = ' }).locator('.cm-result')).toContainText('6');
    const pulled = requests.length;
    await page.mouse.up();
    await expect.poll(() => requests.length).toBe(pulled + 1);
    expect(requests.at(-1)).toBe('none');
    expect(requests.filter((name) => name !== 'none').length).toBe(pulled);
    if (opens) expect(messages.length).toBeGreaterThan(3 * pulled);
    else expect(pulled).toBeGreaterThan(10);
    await expect(page.locator('.cm-pull').first()).toHaveText('6.0');
  });

test('what a pull has got no answer to is not shown beside it', async ({ page }) => {
  await page.routeWebSocket(CONVERSATION, (socket) => socket.close());
  const playground = new Playground(page);
  await playground.open();
  await playground.type(CHAIN);
  await playground.pause();
  const results = page.locator('.cm-result');
  await expect(results).not.toHaveCount(0);
  const box = await boxOf(page.locator('.cm-pull', { hasText: '3.0' }));
  await page.route('**/api/v1/trace', (route) => route.abort());
  await page.mouse.move(box.x + 4, box.y + 8);
  await page.mouse.down();
  await page.mouse.move(box.x + 30, box.y + 8, { steps: 3 });
  await expect(page.getByText('From before the last change')).toBeVisible();
  await expect(results).toHaveCount(0);
  await page.unroute('**/api/v1/trace');
  await expect(results).not.toHaveCount(0, { timeout: 15_000 });
  await page.mouse.up();
});

test('after a pull it is told what became of the number that backward began at', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(`${CHAIN}print("done")\n`);
  await playground.pause();
  const effect = page.locator('.effect');
  await expect(effect).toHaveCount(0);
  await page.locator('.cm-pull', { hasText: '3.0' }).click();
  await page.keyboard.press('Control+Alt+ArrowUp');
  await expect(effect).toContainText('z −0.9975 → −0.9998'); // sin(−1.5), sin(−1.55)
  await page.keyboard.press('Control+Alt+ArrowUp');
  await expect(effect).toContainText('z −0.9998 → −0.9996');
  await playground.button('Undo the pull').click();
  await expect(page.locator('.cm-pull', { hasText: '3.1' })).toBeVisible();
  await expect(effect).toHaveCount(0);
  await expect(playground.step).toBeFocused();
  await expect(page.locator('.cm-result', { hasText: '3.1' })).toBeVisible();
  await page.locator('.cm-pull', { hasText: '3.1' }).click();
  await page.route('**/api/v1/trace', async (route) => {
    await page.waitForTimeout(500);
    await route.continue();
  });
  for (let i = 0; i < 3; i++) await page.keyboard.press('Control+Alt+ArrowUp');
  await expect(effect).toContainText('z −0.9998 → −0.9917'); // sin(−1.7): faster than their answers, they are one
  await page.unroute('**/api/v1/trace');
  await playground.button('Undo the pull').click();
  await expect(page.locator('.cm-pull', { hasText: '3.1' })).toBeVisible();
  await playground.type(CHAIN);
  await expect(effect).toHaveCount(0);
});

test('where a line leaves little room, its numbers lose digits and are not cut', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(
    'import torch\nb = torch.tensor(0.1, requires_grad=True)\n(b * -0.00449623).backward()\n',
  );
  await playground.pause();
  await page.keyboard.press('End');
  const result = page.locator('.cm-line', { hasText: 'b = ' }).locator('.cm-result');
  const gradient = result.locator('.cm-result-gradient');
  await expect(gradient).toHaveText('−0.0045');
  await expect(gradient).toHaveClass(/cm-rounded/);
  await expect(gradient).toHaveAttribute('title', /^value 0\.1.*, gradient -0\.00449/);
  expect(await gradient.evaluate((element) => element.scrollWidth > element.clientWidth)).toBe(false);
});

test('after a pull the program of an earlier address comes back, also where it is what the pull ended with', async ({
  page,
}) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(CHAIN);
  await playground.pause();
  const box = await boxOf(page.locator('.cm-pull', { hasText: '3.0' }));
  await page.mouse.move(box.x + 8, box.y + 8);
  await page.mouse.down();
  await page.mouse.move(box.x + 38, box.y + 8);
  await page.mouse.up();
  const editor = page.locator('.cm-content').first();
  await expect(editor).not.toContainText('tensor(3.0');
  const pulled = await page.locator('.cm-pull').first().innerText();
  await page.waitForTimeout(1000);
  const address = page.url();
  await playground.type('import torch\nz = torch.ones(1)\n');
  await expect.poll(() => page.url()).not.toBe(address);
  await page.evaluate((hash) => (location.hash = hash), new URL(address).hash);
  await expect(editor).toContainText(`tensor(${pulled}`);
});

test('what a pull changes is drawn as all at once would be, and the lists follow when it is over', async ({
  page,
}) => {
  await page.emulateMedia({ colorScheme: 'light' });
  const playground = new Playground(page);
  await playground.open();
  await playground.type(CHAIN);
  await playground.pause();
  await playground.button('To the end').click();
  const picture = () => pixelsOf(page);
  const others = (before: Pixels) => otherPixels(page, before);
  const lists = (): Promise<string[]> =>
    Promise.all(['Steps', 'Nodes'].map((name) => page.getByRole('list', { name }).innerText()));
  const [pictureBefore, listsBefore] = [await picture(), await lists()];
  const box = await boxOf(page.locator('.cm-pull', { hasText: '3.0' }));
  await page.mouse.move(box.x + 8, box.y + 8);
  await page.mouse.down();
  await page.mouse.move(box.x + 23, box.y + 8);
  await page.mouse.move(box.x + 38, box.y + 8);
  await expect(playground.leaf('x')).not.toContainText('3');
  await expect.poll(() => others(pictureBefore)).toBeGreaterThan(100);
  expect(await lists()).toEqual(listsBefore);
  await page.mouse.up();
  await expect.poll(lists).not.toEqual(listsBefore);
  await expect(playground.status).toHaveAttribute('aria-busy', 'false');
  await expect(playground.leaf('x')).toContainText('4');
  let pulled = await picture();
  await expect(async () => {
    pulled = await picture();
    await page.waitForTimeout(200);
    expect(await others(pulled)).toBe(0);
  }).toPass();
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(() => others(pulled)).toBeGreaterThan(100_000);
  await page.emulateMedia({ colorScheme: 'light' });
  await expect.poll(() => others(pulled)).toBeLessThan(FEW);
});

test('a pull paints and moves only what changes: not the timeline, and no line below what a cell prints', async ({
  page,
}) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(`${CHAIN}print(z)\n# %%\nw = x * 2\n`);
  await playground.pause();
  await expect(page.locator('.cm-remark')).toBeVisible();
  await page.evaluate(() => {
    const { clearRect } = CanvasRenderingContext2D.prototype;
    const seen = Object.assign(globalThis, { painted: new Set<string>(), moved: 0 });
    CanvasRenderingContext2D.prototype.clearRect = function (...area) {
      seen.painted.add(this.canvas.closest('.lanes') ? 'timeline' : 'stage');
      clearRect.apply(this, area);
    };
    const gutter = document.querySelector('.cm-gutters');
    const watched = { attributes: true, attributeFilter: ['style'], subtree: true };
    if (gutter) new MutationObserver((all) => (seen.moved += all.length)).observe(gutter, watched);
  });
  const box = await boxOf(page.locator('.cm-pull', { hasText: '3.0' }));
  await page.mouse.move(box.x + 8, box.y + 8);
  await page.mouse.down();
  for (const x of [23, 38, 53]) {
    await page.mouse.move(box.x + x, box.y + 8);
    await page.waitForTimeout(150);
  }
  await page.mouse.up();
  await expect(playground.status).toHaveAttribute('aria-busy', 'false');
  await expect(page.locator('.cm-remark')).not.toContainText('0.9975'); // sin(−1.5)
  expect(await page.evaluate(() => [...(globalThis as unknown as { painted: Set<string> }).painted])).toEqual(
    ['stage'],
  );
  expect(await page.evaluate(() => (globalThis as unknown as { moved: number }).moved)).toBe(0);
});
