import { expect, test, type Page } from '@playwright/test';

import { boxOf, CHAIN, faults, Playground } from './page';

const TRAINING = `import torch

w = torch.tensor(0.5, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.1)
for epoch in range(20):
    optimizer.zero_grad()
    loss = (w - 3) ** 2
    loss.backward()
    optimizer.step()
`;

async function training(page: Page): Promise<Playground> {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(TRAINING);
  await playground.pause();
  await page.locator('.count').click();
  await page.keyboard.press('Home');
  return playground;
}

interface Spot {
  readonly x: number;
  readonly y: number;
}

/** Where a step lies on the lanes, as a share of their length. */
async function at(page: Page, share: number): Promise<Spot> {
  const box = await page.locator('.lanes').boundingBox();
  if (!box) throw new Error('there are no lanes');
  return { x: box.x + 8 + (box.width - 16) * share, y: box.y + box.height - 12 };
}

test('tells the iteration at the playhead', async ({ page }) => {
  const playground = await training(page);
  await expect(page.getByText('iteration', { exact: false }).and(page.locator('.count b'))).toHaveCount(0);
  await page.getByLabel('Step by').selectOption('iteration');
  await playground.button('Step forward').click();
  await expect(page.locator('.count')).toContainText('iteration 1 of 20');
  await playground.button('Step forward').click();
  await playground.button('Step forward').click();
  await expect(page.locator('.count')).toContainText('iteration 3 of 20');
  await playground.button('Step back').click();
  await expect(page.locator('.count')).toContainText('iteration 2 of 20');
});

for (const width of [1440, 390]) {
  test(`the scale of the loss is beside the lanes, where no playhead covers it, ${width} wide`, async ({
    page,
  }) => {
    await training(page);
    await page.setViewportSize({ width, height: 844 });
    await expect(page.locator('.scale span')).toHaveText([/^\d/, /^[\d.]/]);
    const [scale, lanes] = [await boxOf(page.locator('.scale')), await boxOf(page.locator('.lanes'))];
    expect(scale.x + scale.width).toBeLessThanOrEqual(lanes.x);
  });
}

test('the playhead is below the titles of passes and iterations, and crosses none', async ({ page }) => {
  await training(page);
  const middle = await at(page, 0.5);
  await page.mouse.click(middle.x, middle.y);
  const [lanes, playhead] = [await boxOf(page.locator('.lanes')), await boxOf(page.locator('.playhead'))];
  expect(playhead.y - lanes.y).toBeGreaterThanOrEqual(14);
});

test('a press on the lanes goes there; hovering only tells', async ({ page }) => {
  const playground = await training(page);
  const middle = await at(page, 0.5);
  await page.mouse.click(middle.x, middle.y);
  const step = await playground.stepNumber();
  expect(Math.abs(step - (await playground.lastStep()) / 2)).toBeLessThan(3);
  const early = await at(page, 0.1);
  await page.mouse.move(early.x, early.y);
  await expect(page.locator('.sentence.hovered')).toContainText(/^Step \d+: /);
  expect(await playground.stepNumber()).toBe(step);
  await page.mouse.move(early.x, early.y - 400);
  await expect(page.locator('.sentence.hovered')).toHaveCount(0);
});

test('who steps by keys reads of the step, wherever the pointer was left', async ({ page }) => {
  await training(page);
  const early = await at(page, 0.1);
  await page.mouse.move(early.x, early.y);
  await expect(page.locator('.sentence.hovered')).toHaveCount(1);
  await page.keyboard.press('ArrowRight');
  await expect(page.locator('.sentence.hovered')).toHaveCount(0);
});

test('over the loss, its exact number and iteration are told', async ({ page }) => {
  await training(page);
  const end = await at(page, 0.02);
  await page.mouse.move(end.x, end.y - 50);
  await expect(page.locator('.sentence.hovered')).toHaveText(
    /^loss is 6\.25 in iteration 1 of 20 \(step \d+\)\.$/,
  );
});

test('pulling over the lanes loops what lies between, until it is ended', async ({ page }) => {
  const playground = await training(page);
  const [from, to] = [await at(page, 0.2), await at(page, 0.24)];
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 4 });
  await page.mouse.up();
  const loop = playground.button('Loop');
  await expect(loop).toHaveAttribute('aria-pressed', 'true');
  await expect(page.locator('.lanes .loop')).toBeVisible();
  const last = await playground.lastStep();
  await page.getByLabel('Speed').selectOption({ label: '8 ×' });
  await playground.button('Play').click();
  const seen = new Set<number>();
  for (let i = 0; i < 40; i++) {
    seen.add(await playground.stepNumber());
    await page.waitForTimeout(50);
  }
  seen.delete(0);
  expect(Math.min(...seen)).toBeGreaterThan(0.18 * last);
  expect(Math.max(...seen)).toBeLessThan(0.28 * last);
  await expect(playground.button('Pause')).toBeVisible();
  await loop.click();
  await expect(loop).toHaveAttribute('aria-pressed', 'false');
  await expect(page.locator('.lanes .loop')).toHaveCount(0);
});

/** Pulls over the lanes from one share of their length to another. */
async function loopOver(page: Page, from: number, to: number): Promise<void> {
  await pull(page, await at(page, from), await at(page, to));
  await expect(page.getByRole('slider', { name: 'Loop begins' })).toBeVisible();
}

async function pull(page: Page, from: Spot, to: Spot): Promise<void> {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 4 });
  await page.mouse.up();
}

const ends = (page: Page) =>
  (['Loop begins', 'Loop ends'] as const).map((name) => page.getByRole('slider', { name }));

async function valuesOf(page: Page): Promise<number[]> {
  return Promise.all(ends(page).map(async (end) => Number(await end.getAttribute('aria-valuenow'))));
}

/** Pulls an end to a share of the lanes' length, held a little outside of the loop. */
async function pullEnd(page: Page, which: 0 | 1, to: number): Promise<void> {
  const box = await boxOf(ends(page)[which] ?? page.locator('.grip'));
  const [from, goal] = [which === 0 ? box.x + 10 : box.x + box.width - 10, await at(page, to)];
  const reach = which === 0 ? box.x + 16 - from : box.x + 8 - from;
  await pull(page, { x: from, y: goal.y }, { x: goal.x - reach, y: goal.y });
}

test('the ends of a loop are pulled apart and together, and never past each other', async ({ page }) => {
  const playground = await training(page);
  const last = await playground.lastStep();
  await loopOver(page, 0.3, 0.5);
  const [first = 0, end = 0] = await valuesOf(page);
  for (const grip of ends(page)) {
    await expect(grip).toHaveCSS('cursor', 'ew-resize');
    expect((await boxOf(grip)).width).toBeGreaterThanOrEqual(24);
  }
  await pullEnd(page, 1, 0.7);
  const [same, later = 0] = await valuesOf(page);
  expect(same).toBe(first);
  expect(later).toBe(Math.round(0.7 * last));
  expect(later).toBeGreaterThan(end);
  await pullEnd(page, 0, 0.9);
  expect(await valuesOf(page)).toEqual([later, later]);
  await expect(playground.button('Loop')).toHaveAttribute('title', new RegExp(`^Plays step ${later} `));
  await page.mouse.move(0, 0);
  await pullEnd(page, 1, 1.05);
  expect(await valuesOf(page)).toEqual([later, last]);
  expect(await playground.stepNumber()).toBe(0);
});

test('while an end is pulled, its step is told', async ({ page }) => {
  await training(page);
  await loopOver(page, 0.3, 0.5);
  const [from, to] = [await at(page, 0.3), await at(page, 0.1)];
  await page.mouse.move(from.x - 4, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 4 });
  const [first] = await valuesOf(page);
  await expect(page.locator('.sentence.hovered')).toHaveText(new RegExp(`^Step ${first}: `));
  await page.mouse.up();
  await expect(page.locator('.sentence.hovered')).toHaveCount(0);
});

test('an end of a loop that has the focus goes by keys, and Escape ends the loop', async ({ page }) => {
  const playground = await training(page);
  await loopOver(page, 0.3, 0.5);
  const last = await playground.lastStep();
  const [first = 0, end = 0] = await valuesOf(page);
  await ends(page)[0]?.focus();
  await expect(page.getByRole('slider', { name: 'Loop begins' })).toHaveAttribute(
    'aria-valuetext',
    `step ${first} of ${last}`,
  );
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowUp');
  expect(await valuesOf(page)).toEqual([first + 2, end]);
  await page.keyboard.press('End');
  expect(await valuesOf(page)).toEqual([end, end]);
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowLeft');
  expect(await valuesOf(page)).toEqual([1, end]);
  await page.keyboard.press('Tab');
  await page.keyboard.press('PageUp');
  expect(await valuesOf(page)).toEqual([1, end + Math.round(last / 10)]);
  expect(await playground.stepNumber()).toBe(0);
  await page.keyboard.press('Escape');
  await expect(ends(page)[0] ?? page.locator('.grip')).toHaveCount(0);
  await expect(playground.step).toBeFocused();
});

test('a press ends the loop; nothing is wrong with it for axe', async ({ page }) => {
  const playground = await training(page);
  await loopOver(page, 0.3, 0.5);
  expect(await faults(page)).toEqual([]);
  await playground.button('End the loop').click();
  await expect(playground.button('Loop')).toHaveAttribute('aria-pressed', 'false');
  await expect(page.locator('.grip')).toHaveCount(0);
});

test('keys step by line, node, pass and iteration, and set and end a loop', async ({ page }) => {
  const playground = await training(page);
  await page.locator('.picture').click({ position: { x: 80, y: 5 } });
  await page.keyboard.press('i');
  await expect(page.locator('.count')).toContainText('iteration 1 of 20');
  const end = await playground.stepNumber();
  await page.keyboard.press('Shift+ArrowLeft');
  expect(await playground.stepNumber()).toBe(end - 1);
  await page.keyboard.press('p');
  await page.keyboard.press('[');
  await page.keyboard.press('p');
  await page.keyboard.press(']');
  await expect(playground.button('Loop')).toHaveAttribute('title', /^Plays steps \d+ to \d+ /);
  await page.keyboard.press('Escape');
  await expect(playground.button('Loop')).toHaveAttribute('aria-pressed', 'false');
  await page.keyboard.press('>');
  await expect(page.getByLabel('Speed')).toHaveValue('2');
});

test('the sheet of keys opens with ?, holds the focus, and closes with Escape', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.pause();
  await page.locator('.picture').click({ position: { x: 80, y: 5 } });
  await page.keyboard.press('?');
  const sheet = page.getByRole('dialog', { name: 'Signs and keys' });
  await expect(sheet).toBeVisible();
  await expect(sheet.getByText('play or pause')).toBeVisible();
  const before = await playground.stepNumber();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  expect(await playground.stepNumber()).toBe(before);
  await page.keyboard.press('Escape');
  await expect(sheet).toBeHidden();
  await playground.button('Signs and keys').click();
  await sheet.getByRole('button', { name: 'Close' }).click();
  await expect(sheet).toBeHidden();
  await expect(playground.button('Signs and keys')).toBeFocused();
});

test('a long run ends in minutes, not hours, and is smooth at thousands of steps', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(TRAINING.replace('range(20)', 'range(600)'));
  await playground.pause();
  expect(await playground.lastStep()).toBeGreaterThan(4000);
  await playground.step.fill('2000');
  await playground.button('Play').click();
  const before = await playground.stepNumber();
  await page.waitForTimeout(1000);
  expect(await playground.stepNumber()).toBeGreaterThan(before + 30);
});

test('a short program has lanes, a pass and no loss', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(CHAIN);
  await expect(page.locator('.names .forward')).toBeVisible();
  await expect(page.locator('.names .loss')).toHaveCount(0);
  await expect(page.getByLabel('Step by').getByRole('option')).toHaveText(['event', 'line', 'node', 'pass']);
});

test.describe('with a finger', () => {
  test.use({ hasTouch: true, viewport: { width: 390, height: 844 } });

  test('the ends of a loop have room for it, and follow it', async ({ page }) => {
    await training(page);
    const touch = await page.context().newCDPSession(page);
    const drag = async (from: Spot, to: Spot): Promise<void> => {
      const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', touchPoints: Spot[]) =>
        touch.send('Input.dispatchTouchEvent', { type, touchPoints });
      await send('touchStart', [from]);
      for (const share of [0.25, 0.5, 0.75, 1]) {
        const x = from.x + share * (to.x - from.x);
        await send('touchMove', [{ x, y: from.y }]);
      }
      await send('touchEnd', []);
    };
    await drag(await at(page, 0.3), await at(page, 0.6));
    const [begins, stops] = ends(page);
    if (!begins || !stops) throw new Error('there are no ends');
    await expect(begins).toBeVisible();
    const [first = 0, end = 0] = await valuesOf(page);
    expect((await boxOf(stops)).width).toBeGreaterThanOrEqual(44);
    const grip = await boxOf(begins);
    await drag({ x: grip.x + 6, y: grip.y + 40 }, { x: grip.x - 40, y: grip.y + 40 });
    expect((await valuesOf(page))[0]).toBeLessThan(first);
    expect((await valuesOf(page))[1]).toBe(end);
  });
});

test('what is printed later is quiet until the playhead is there, and nothing moves', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(`print('before')\n${CHAIN}print('after')\n`);
  const output = playground.inspector.locator('pre');
  const later = page.getByTitle('Printed later');
  await playground.step.fill('1');
  await expect(later).toHaveText('after');
  const box = await boxOf(output);
  await playground.button('To the end').click();
  await expect(later).toHaveCount(0);
  await expect(output).toHaveText('before\nafter');
  expect(await boxOf(output)).toEqual(box);
  await playground.button('To the start').click();
  await expect(later).toHaveText('before\nafter');
  expect(await boxOf(output)).toEqual(box);
  expect(await faults(page)).toEqual([]);
});
