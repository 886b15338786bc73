/** Programs that come from elsewhere: files that are dropped or chosen, and the way back to what was there. */
import { expect, test, type Page } from '@playwright/test';

import { CHAIN, Playground } from './page';

const NOTEBOOK = {
  nbformat: 4,
  nbformat_minor: 5,
  metadata: {},
  cells: [
    { cell_type: 'markdown', id: 'a', metadata: {}, source: '# My lecture' },
    {
      cell_type: 'code',
      id: 'b',
      metadata: {},
      execution_count: 1,
      source: ['import torch\n', 'x = torch.tensor(2.0, requires_grad=True)'],
      outputs: [
        { output_type: 'display_data', metadata: {}, data: { 'image/png': 'A'.repeat(3 * 2 ** 20) } },
      ],
    },
    {
      cell_type: 'code',
      id: 'c',
      metadata: {},
      execution_count: 2,
      outputs: [],
      source: 'y = x * x\ny.backward()\nprint(x.grad)',
    },
  ],
};

/** Drags a file over the page; `let go` drops it. */
async function drag(page: Page, name: string, content: string): Promise<{ letGo(): Promise<void> }> {
  const transfer = await page.evaluateHandle(
    ([file, text]) => {
      const data = new DataTransfer();
      data.items.add(new File([text], file));
      return data;
    },
    [name, content] as const,
  );
  await page.dispatchEvent('.cm-content', 'dragenter', { dataTransfer: transfer });
  await page.dispatchEvent('.cm-content', 'dragover', { dataTransfer: transfer });
  return { letGo: () => page.dispatchEvent('.cm-content', 'drop', { dataTransfer: transfer }) };
}

const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true });

test('a notebook that is dropped opens as a program of cells, whatever pictures are in it', async ({
  page,
}) => {
  const playground = new Playground(page);
  await playground.open();
  const file = await drag(page, 'lecture.ipynb', JSON.stringify(NOTEBOOK));
  await expect(page.getByText('to open it')).toBeVisible();
  await file.letGo();
  await expect(page.getByText('to open it')).toBeHidden();
  await expect(heading(page, 'lecture.ipynb')).toBeVisible();
  await expect(playground.editor).toContainText('# # My lecture');
  await expect(page.locator('.cm-remark-output')).toHaveText('tensor(4.)');
  await expect(page.getByRole('img', { name: 'Graph of 2 nodes and 2 edges' })).toBeVisible();
});

test('a program is chosen with the button, and one undo brings back what was there', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(CHAIN);
  const chooser = page.waitForEvent('filechooser');
  await playground.button('Open').click();
  await (
    await chooser
  ).setFiles({
    name: 'mine.py',
    mimeType: 'text/x-python',
    buffer: Buffer.from('import torch\r\nmine = 1\r\n'),
  });
  await expect(heading(page, 'mine.py')).toBeVisible();
  await expect(playground.editor).toContainText('mine = 1');
  await playground.editor.focus();
  await page.keyboard.press('ControlOrMeta+z');
  await expect(playground.editor).toContainText('z.backward()');
  await expect(playground.editor).not.toContainText('mine = 1');
  await expect(page.getByRole('img', { name: 'Graph of 4 nodes and 3 edges' })).toBeVisible();
});

test('what cannot be opened says why, and the program stays', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(CHAIN);
  const alert = page.getByRole('alert');
  for (const [name, content, why] of [
    ['broken.ipynb', '{"cells": [', 'its text is not JSON'],
    ['old.ipynb', JSON.stringify({ ...NOTEBOOK, nbformat: 3 }), 'nbformat 3'],
    ['picture.png', 'x', '.ipynb'],
  ] as const) {
    await (await drag(page, name, content)).letGo();
    await expect(alert).toContainText(`${name} was not opened.`);
    await expect(alert).toContainText(why);
    await expect(playground.editor).toContainText('z.backward()');
  }
  await playground.button('Dismiss').click();
  await expect(alert).toBeHidden();
});

test('undo leads back over an example to the program, and redo to the example again', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  const first = await page.locator('#program-title').innerText();
  await playground.button('Examples').click();
  const item = page.getByRole('menuitem').nth(2);
  const title = await item.locator('strong').innerText();
  await item.click();
  await expect(heading(page, title)).toBeVisible();
  await playground.editor.focus();
  await page.keyboard.press('ControlOrMeta+z');
  await expect(heading(page, first)).toBeVisible();
  await playground.ready();
  await page.keyboard.press('ControlOrMeta+Shift+z');
  await expect(heading(page, title)).toBeVisible();
  await playground.ready();
  for (let i = 0; i < 5; i++) await page.keyboard.press('ControlOrMeta+z');
  await expect(heading(page, first)).toBeVisible();
});

test('the program is made wider by hand and by keys, and a reload remembers it', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  const divider = page.getByRole('separator', { name: 'Width of the program' });
  const width = async () => Math.round((await page.locator('section.program').boundingBox())?.width ?? 0);
  const before = await width();
  const box = await divider.boundingBox();
  if (!box) throw new Error('the divider is not to be seen');
  await page.mouse.move(box.x + 4, 300);
  await page.mouse.down();
  await page.mouse.move(box.x + 104, 300, { steps: 4 });
  await page.mouse.up();
  await expect.poll(async () => Math.abs((await width()) - before - 100)).toBeLessThan(6);
  const drawn = await width();
  await divider.press('ArrowLeft');
  await expect.poll(width).toBe(drawn - 16);
  await expect(divider).toHaveAttribute('aria-valuenow', String(drawn - 16));
  await page.reload();
  await playground.ready();
  expect(await width()).toBe(drawn - 16);
  await divider.dblclick();
  await expect.poll(width).toBe(before);
});
