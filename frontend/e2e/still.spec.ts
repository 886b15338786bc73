import { expect, test, type Page } from '@playwright/test';

import { Playground } from './page';

const EDITOR = '**/editor-*.js';

/** The left, top, bottom of what the first rows hold. */
function places(page: Page, rows: string): Promise<number[][]> {
  return page.locator(rows).evaluateAll((all) =>
    all.slice(0, 24).map((row) => {
      const text = document.createRange();
      text.selectNodeContents(row);
      const { top, bottom } = row.getBoundingClientRect();
      const left = text.getClientRects()[0]?.left ?? 40;
      return [left, top, bottom].map(Math.round);
    }),
  );
}

/** The editor comes when what this gives is called. */
async function editorHeld(page: Page): Promise<() => void> {
  let come = () => {};
  const due = new Promise<void>((resolve) => (come = resolve));
  await page.route(EDITOR, async (route) => {
    await due;
    await route.continue();
  });
  return come;
}

for (const width of [1440, 390]) {
  test(`the program is there to be read before its editor is, at its place, ${width} wide`, async ({
    page,
  }) => {
    await page.setViewportSize({ width, height: 844 });
    const come = await editorHeld(page);
    const playground = new Playground(page);
    await playground.open();
    await playground.pause();
    await page.keyboard.press('Home');
    const still = page.locator('.still');
    await expect(still).toContainText('import torch');
    await expect(page.locator('.cm-editor')).toHaveCount(0);
    const before = await places(page, '.still p');
    expect(before.length).toBeGreaterThan(10);
    come();
    await expect(page.locator('.cm-line').first()).toBeVisible();
    await expect(still).toHaveCount(0);
    expect(await places(page, '.cm-line')).toEqual(before);
  });
}

test('a click before the editor has come puts the cursor there, and what is typed then is written there', async ({
  page,
}) => {
  const come = await editorHeld(page);
  const playground = new Playground(page);
  await playground.open();
  const row = page.locator('.still p', { hasText: 'import torch' });
  await row.click({ position: { x: 400, y: 12 } });
  come();
  await expect(playground.editor).toBeFocused();
  await page.keyboard.type('  # mine');
  await expect(page.locator('.cm-line', { hasText: 'import torch' })).toContainText('import torch  # mine');
});

test('what is typed while the editor is on its way is written where the click was, and the page does not hear it', async ({
  page,
}) => {
  const come = await editorHeld(page);
  const playground = new Playground(page);
  await playground.open();
  await playground.pause();
  const step = await playground.stepNumber();
  const row = page.locator('.still p', { hasText: 'import torch' });
  await row.click({ position: { x: 400, y: 12 } });
  await page.keyboard.type('  # n ');
  await page.keyboard.type('minx');
  await page.keyboard.press('Backspace');
  expect(await playground.stepNumber()).toBe(step);
  come();
  await expect(playground.editor).toBeFocused();
  await page.keyboard.type('e');
  await expect(page.locator('.cm-line', { hasText: 'import torch' })).toContainText('import torch  # n mine');
});

test('an editor that the network has kept comes when it is touched, and the page plays without it', async ({
  page,
}) => {
  await page.route(EDITOR, (route) => route.abort());
  const playground = new Playground(page);
  await playground.open();
  await playground.pause();
  await page.keyboard.press('End');
  await expect(playground.step).toHaveValue(String(await playground.lastStep()));
  await page.unroute(EDITOR);
  await page.locator('.still').click();
  await expect(playground.editor).toBeFocused();
});
