import { expect, test } from '@playwright/test';

import { boxOf, CHAIN, faults, Playground } from './page';

test('runs by itself when the typing pauses, and shows what the program printed', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(`${CHAIN}print("the answer is", 6 * 7)\n`);
  await expect(playground.inspector).toContainText('the answer is 42');
  await expect(page.getByRole('img', { name: 'Graph of 4 nodes and 3 edges' })).toBeVisible();
});

test('a magic does not stop a program, and what was left out is noted under its cell', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(`%matplotlib inline\n!pip install torch\n${CHAIN}`);
  await expect(page.getByRole('img', { name: 'Graph of 4 nodes and 3 edges' })).toBeVisible();
  await expect(playground.inspector).toContainText('Line 1: %matplotlib inline is a magic of notebooks');
  await expect(playground.inspector).toContainText('Line 2: !pip install torch was left out');
});

test('a run leaves the cursor, the focus and the history of the editor alone', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(CHAIN);
  const answer = page.waitForResponse('**/api/v1/trace');
  await page.keyboard.type('w.grad');
  await answer;
  await expect(playground.inspector).toContainText('tensor(0.2122)');
  await expect(playground.editor).toBeFocused();
  await page.keyboard.type(' * 10');
  await expect(playground.inspector).toContainText('tensor(2.1');
  for (let i = 0; i < 20; i++) await page.keyboard.press('ControlOrMeta+z');
  await expect(playground.editor).not.toContainText('w.grad');
});

test('a changed number keeps the playhead where it stands', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(CHAIN);
  await playground.pause();
  await playground.step.fill('3');
  await playground.type(CHAIN.replace('3.0', '4.0'));
  await expect(page.locator('.cm-result').last()).toContainText('−2');
  expect(await playground.stepNumber()).toBe(3);
  await expect(playground.button('Play')).toBeVisible();
});

test('a syntax error is marked at its place, with its message, and the picture stays', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(CHAIN);
  await playground.paste(`${CHAIN}y = (x *\n`);
  await expect(page.locator('.cm-lintRange-error').first()).toBeVisible();
  await expect(playground.status).toContainText(/^Line 8: /);
  await expect(page.getByRole('img', { name: 'Graph of 4 nodes and 3 edges' })).toBeVisible();
  await playground.type(CHAIN);
  await expect(page.locator('.cm-lintRange-error')).toHaveCount(0);
});

test('a run that takes its time says so', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await page.route('**/api/v1/trace', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await route.continue();
  });
  await playground.paste(CHAIN);
  await expect(playground.status).toContainText('Running…', { timeout: 1400 });
  await expect(playground.status).toContainText('Ran in');
});

test('a long run can be stopped, and the picture before it stays', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(CHAIN);
  let released = (): void => undefined;
  const held = new Promise<void>((resolve) => (released = resolve));
  await page.route('**/api/v1/trace', async (route) => {
    await held;
    await route.continue().catch(() => undefined);
  });
  await playground.paste(CHAIN.replace('3.0', '4.0'));
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(playground.status).toContainText('Stopped. Ctrl-Enter runs it again.');
  await expect(page.getByRole('img', { name: 'Graph of 4 nodes and 3 edges' })).toBeVisible();
  await page.unroute('**/api/v1/trace');
  released();
  await playground.editor.press('Control+Enter');
  await expect(playground.status).toContainText('Ran in');
});

test('a refusal stands alone: what was said of the run before it is gone', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await page.route('**/api/v1/trace', async (route) => {
    const response = await route.fetch();
    const document = (await response.json()) as object;
    const stopped = { limit: 'cpu_seconds', value: 5, line: 3, message: 'It used its 5 seconds.' };
    await route.fulfill({ response, json: { ...document, stopped } });
  });
  await playground.type(CHAIN);
  await expect(playground.inspector).toContainText('Stopped in line 3. The picture shows what came before.');
  await expect(playground.status).toHaveText('Line 3: It used its 5 seconds.');
  await page.unroute('**/api/v1/trace');
  await playground.type(`${CHAIN}y = (x *\n`);
  await expect(playground.status).toContainText(/^Line 8: /);
  await expect(playground.inspector).not.toContainText('Stopped');
  await expect(playground.inspector).toContainText('It cannot run as it stands.');
});

test('a program that raises keeps what came before, and says why under its line and at its step', async ({
  page,
}) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.paste('import torch\n\nx = torch.tensor(2.0)\ny = x * x\ny.backward()\n');
  await expect(playground.status).toContainText(
    /^Line 5: RuntimeError: element 0 of tensors does not require grad/,
  );
  await expect(page.locator('.cm-lintRange-error')).toHaveText('y.backward()');
  await expect(page.locator('.cm-remark-error')).toContainText('RuntimeError: element 0 of tensors');
  await expect(playground.inspector).toContainText('RuntimeError, line 5');
  await playground.inspector.getByRole('button', { name: 'line 5' }).click();
  await expect(playground.editor).toBeFocused();
});

test('a reload keeps the program and the step', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(CHAIN);
  await playground.pause();
  await playground.step.fill('4');
  await expect(page).toHaveURL(/&s=3$/);
  await page.reload();
  await playground.ready();
  await expect(playground.editor).toContainText('z = torch.sin(y)');
  expect(await playground.stepNumber()).toBe(4);
  await expect(playground.button('Play')).toBeVisible();
});

test('a reload keeps what was typed right before it', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(CHAIN);
  await playground.editor.press('ControlOrMeta+End');
  await page.keyboard.insertText('# typed last');
  await page.reload();
  await playground.ready();
  await expect(playground.editor).toContainText('# typed last');
  await playground.type(CHAIN);
  await expect(page).toHaveURL(/#/);
  await page.waitForTimeout(600);
  await page.reload();
  await playground.ready();
  await expect(playground.editor).not.toContainText('# typed last');
});

test('an example from the menu replaces the program, keeps its name over a reload, and Back leads back', async ({
  page,
}) => {
  const playground = new Playground(page);
  await playground.open();
  const first = await page.locator('#program-title').innerText();
  await playground.button('Examples').click();
  const second = page.getByRole('menuitem').nth(1);
  const title = await second.locator('strong').innerText();
  await second.click();
  await playground.ready();
  await expect(page.getByRole('heading', { name: title })).toBeVisible();
  await page.getByRole('region', { name: 'Timeline' }).getByRole('button', { name: 'To the end' }).click();
  await expect(page).toHaveURL(/&e=/);
  await page.reload();
  await playground.ready();
  await expect(page.getByRole('heading', { name: title })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole('heading', { name: first })).toBeVisible();
  await playground.type(CHAIN);
  await expect(page.getByRole('heading', { name: 'Your program' })).toBeVisible();
  await expect(page).not.toHaveURL(/&e=/);
});

test('the menu of examples is led by keys', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  const [opener, items] = [playground.button('Examples'), page.getByRole('menuitem')];
  await opener.click();
  await expect(items.first()).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(items.nth(2)).toBeFocused();
  await page.keyboard.press('End');
  await expect(items.last()).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(items.first()).toBeHidden();
  await expect(opener).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(items.first()).toBeHidden();
  await expect(opener).toBeFocused();
  await playground.ready();
});

test('an example is found by words of its title or lesson, from the keyboard', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  const items = page.getByRole('menuitem');
  await playground.button('Examples').click();
  await expect(items.first()).toBeFocused();
  const all = await items.count();
  await page.keyboard.type('clear them');
  const field = page.getByRole('searchbox', { name: 'Find an example' });
  await expect(field).toHaveValue('clear them');
  await expect(items).toHaveCount(1);
  await field.fill('nothing has this');
  await expect(page.getByText('No example has these words.')).toBeVisible();
  await field.fill('stale');
  await page.keyboard.press('ArrowDown');
  await expect(items.first()).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Gradients add up until you clear them' })).toBeVisible();
  await playground.button('Examples').click();
  await expect(items).toHaveCount(all);
});

test('loses nothing while the server is away, and goes on when it is back', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await page.route('**/api/v1/trace', (route) => route.abort());
  await playground.paste(CHAIN);
  await expect(playground.status).toContainText('The server does not answer.');
  await expect(playground.editor).toContainText('z = torch.sin(y)');
  await page.unroute('**/api/v1/trace');
  await playground.button('Try now').click();
  await expect(playground.status).toContainText('Ran in');
  await expect(page.getByRole('img', { name: 'Graph of 4 nodes and 3 edges' })).toBeVisible();
});

test('a number is pulled: values follow the hand, the layout stays, one undo takes it back', async ({
  page,
}) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(CHAIN);
  await playground.pause();
  await page.keyboard.press('End');
  const number = page.locator('.cm-pull', { hasText: '3.0' });
  const box = await boxOf(number);
  await page.mouse.move(box.x + 8, box.y + box.height / 2);
  await page.mouse.down();
  for (let pixels = 1; pixels <= 30; pixels += 1) await page.mouse.move(box.x + 8 + pixels, box.y + 8);
  await expect(playground.editor).toContainText('torch.tensor(4.0');
  await expect(playground.leaf('x')).toContainText('4');
  await page.mouse.up();
  expect(await page.evaluate(() => getSelection()?.toString())).toBe('');
  await expect(playground.status).toHaveAttribute('aria-busy', 'false');
  await page.keyboard.press('ControlOrMeta+z');
  await expect(playground.editor).toContainText('torch.tensor(3.0');
  await expect(playground.editor).toContainText('z.backward()');
});

test('undo leads back through every earlier text, whatever was pulled in between, and redo forth', async ({
  page,
}) => {
  const playground = new Playground(page);
  await playground.open();
  const text = (): Promise<string> =>
    page.locator('.cm-content').evaluate((content) => {
      const copy = content.cloneNode(true) as HTMLElement;
      for (const widget of copy.querySelectorAll('[contenteditable=false]')) widget.remove();
      return [...copy.querySelectorAll('.cm-line')].map((line) => line.textContent).join('\n');
    });
  const pull = async (from: string, to: string): Promise<void> => {
    const box = await boxOf(page.locator('.cm-pull', { hasText: from }));
    await page.mouse.move(box.x + 8, box.y + 8);
    await page.mouse.down();
    for (let pixels = 5; pixels <= 30; pixels += 5) await page.mouse.move(box.x + 8 + pixels, box.y + 8);
    await expect(playground.editor).toContainText(`torch.tensor(${to}`);
    await page.mouse.up();
  };
  const texts = [await text()];
  await playground.paste(CHAIN);
  texts.push(await text());
  await pull('3.0', '4.0');
  texts.push(await text());
  await page.waitForTimeout(700); // longer than what CodeMirror takes for one step
  await pull('4.0', '5.0');
  texts.push(await text());
  await page.keyboard.press('ControlOrMeta+End');
  await page.keyboard.insertText('# more');
  texts.push(await text());
  expect(new Set(texts).size).toBe(5);
  for (const earlier of texts.slice(0, -1).reverse()) {
    await page.keyboard.press('ControlOrMeta+z');
    expect(await text()).toBe(earlier);
  }
  for (const later of texts.slice(1)) {
    await page.keyboard.press('ControlOrMeta+Shift+Z');
    expect(await text()).toBe(later);
  }
});

test('a number is nudged with the keyboard, and Escape gives a pull up', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(CHAIN);
  const number = page.locator('.cm-pull', { hasText: '3.0' });
  await number.click();
  await page.keyboard.press('Control+Alt+ArrowUp');
  await expect(playground.editor).toContainText('torch.tensor(3.1');
  const said = page.getByRole('status', { name: 'What became of it' });
  await expect(said).toHaveText('z was −0.9975, and is −0.9998.');
  await expect(playground.editor).toHaveAttribute('aria-description', /change the number at the cursor/);
  const box = await boxOf(page.locator('.cm-pull', { hasText: '3.1' }));
  await page.mouse.move(box.x + 8, box.y + 8);
  await page.mouse.down();
  await page.mouse.move(box.x + 80, box.y + 8);
  await expect(playground.editor).not.toContainText('torch.tensor(3.1');
  await page.keyboard.press('Escape');
  await page.mouse.up();
  await expect(playground.editor).toContainText('torch.tensor(3.1');
});

test('a program that is refused leaves the picture before it at rest, without colour, and says so', async ({
  page,
}) => {
  const playground = new Playground(page);
  await playground.open();
  const earlier = page.getByText('From the last run that worked');
  await expect(earlier).toBeHidden();
  await playground.paste('import os\n');
  await expect(earlier).toBeVisible();
  await expect(page.getByRole('button', { name: 'Play' })).toBeVisible();
  await expect(page.locator('.picture')).toHaveCSS('filter', 'grayscale(1)');
  const inspector = page.getByRole('region', { name: 'Inspector' });
  await expect(inspector).toHaveCSS('filter', 'none');
  for (const [title, filter] of [
    ['Leaves', 'grayscale(1)'],
    ['Output', 'none'],
  ] as const) {
    const heading = page.getByRole('heading', { name: title });
    await expect(inspector.locator('> section', { has: heading })).toHaveCSS('filter', filter);
  }
  await page.keyboard.press('ControlOrMeta+z');
  await expect(earlier).toBeHidden();
});

test('while a program is typed that cannot run yet, the picture says that it is an earlier one', async ({
  page,
}) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(CHAIN);
  const earlier = page.getByText('From before the last change');
  await expect(earlier).toBeHidden();
  await playground.paste(`${CHAIN}y = (x *\n`);
  await expect(earlier).toBeVisible();
  await expect(page.locator('.picture')).toHaveCSS('filter', 'none');
  await playground.type(CHAIN);
  await expect(earlier).toBeHidden();
});

test('a stage with nothing on it offers lines to begin with, which one undo takes back', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type('# mine\n');
  await expect(page.getByRole('heading', { name: 'Nothing to draw yet' })).toBeVisible();
  await expect(page.getByRole('toolbar', { name: 'View' })).toHaveCount(0);
  expect(await faults(page)).toEqual([]);
  await playground.type('x = 1 / 0\n');
  await expect(page.getByText(/^The program failed in line 1/)).toBeVisible();
  await expect(playground.button('Add these lines')).toHaveCount(0);
  await playground.type('# mine\n');
  await playground.button('Add these lines').click();
  await expect(page.getByRole('img', { name: 'Graph of 2 nodes and 1 edge' })).toBeVisible();
  await expect(playground.editor).toContainText(/# mine.*import torch.*y\.backward\(\)/s);
  await playground.editor.press('ControlOrMeta+z');
  await expect(page.getByRole('heading', { name: 'Nothing to draw yet' })).toBeVisible();
});
