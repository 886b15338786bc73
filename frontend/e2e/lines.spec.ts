/** What stands at, in and under the lines of the program. */
import { expect, test, type Page } from '@playwright/test';

import { CHAIN, Playground } from './page';

const line = (page: Page, text: string) => page.locator('.cm-line', { hasText: text });
/** Where each line of the program lies on the screen. */
const places = (page: Page) =>
  page
    .locator('.cm-line')
    .evaluateAll((lines) => lines.map((each) => JSON.stringify(each.getBoundingClientRect())));

test('each line shows at its end what it made, a leaf its gradient, and nothing moves for it', async ({
  page,
}) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(CHAIN);
  await playground.pause();
  await playground.step.fill('0');
  await expect(page.locator('.cm-result')).toHaveCount(0);
  const before = await places(page);
  await playground.step.fill('4');
  await expect(line(page, 'y = x * w')).toContainText('−1.5');
  await expect(line(page, 'x = torch').locator('.cm-result-gradient')).toBeHidden();
  await playground.step.fill(String(await playground.lastStep()));
  await expect(line(page, 'x = torch').locator('.cm-result-gradient')).toHaveText(
    '-0.03537'.replace('-', '−'),
  );
  expect(await places(page)).toEqual(before);
});

test('a result that has no room is cut, and never lies over the code', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(
    `import torch\nm = torch.linspace(-1, 1, 12).reshape(3, 4) * 1.0\nprint("a" * 200)\n`,
  );
  await playground.pause();
  await playground.step.fill(String(await playground.lastStep()));
  await expect(line(page, 'm = torch')).toContainText('3×4  −1 … 1');
  const printed = line(page, 'print(').locator('.cm-result');
  const end = await line(page, 'print(').evaluate((element) => {
    const range = document.createRange();
    range.setStart(element, 0);
    range.setEndBefore(element.querySelector('.cm-result') ?? element);
    return Array.from(range.getClientRects()).at(-1)?.right ?? Infinity;
  });
  await expect(printed).toContainText('aaa');
  expect((await printed.boundingBox())?.x).toBeGreaterThan(end);
});

for (const [width, gradient] of [
  [390, /^−\.1 \.3 −\.6$/],
  [360, /^−\.14 …$/],
] as const) {
  test(`on a phone a vector tells its numbers, or the first of them, ${width} wide`, async ({ page }) => {
    await page.setViewportSize({ width, height: 844 });
    const playground = new Playground(page);
    await playground.open();
    await playground.type(
      `import torch\n\nx = torch.tensor([0.5, -1.2, 2.0])\nw = torch.tensor([0.3, 0.8, -0.1], requires_grad=True)\nloss = (torch.sigmoid((w * x).sum()) - 1) ** 2\nloss.backward()\n`,
    );
    await playground.pause();
    await playground.step.fill(String(await playground.lastStep()));
    const result = line(page, 'w = torch').locator('.cm-result-gradient');
    await expect(result).toHaveText(gradient);
    expect(await result.evaluate((element) => element.scrollWidth > element.clientWidth)).toBe(false);
  });
}

test('every cell that fails is marked and says why under its line; what cells print stands under them', async ({
  page,
}) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(
    'import torch\nprint("one")\nx = torch.tensor(1.0)\nx.backward()\n\n# %% Second\nprint("two")\n\n# %%\nnothing_here\n',
  );
  await expect(page.locator('.cm-lintRange-error')).toHaveText(['x.backward()', 'nothing_here']);
  await expect(page.locator('.cm-remark-error')).toHaveText([/^RuntimeError: element 0/, /^NameError: /]);
  await expect(page.locator('.cm-remark-output')).toHaveText(['one', 'two']);
  await expect(page.locator('.cm-cell')).toHaveText(['# %% Second', '# %%']);
});

test('an error in a chain over several lines, in an f-string and under a decorator is marked at its place', async ({
  page,
}) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(
    'import torch\n\nx = torch.ones(3)\n# ∂𝛼\ny = (\n    x.sin()\n    .reshape(7)\n    .cos()\n)\n# %%\nprint(f"𝛼 {torch.ones(2) @ x} so")\n# %%\n@torch.no_grad()\ndef f():\n    return missing\nf()\n',
  );
  await expect(page.locator('.cm-lintRange-error').first()).toBeVisible();
  const marked = await page.locator('.cm-lintRange-error').allInnerTexts();
  expect(marked.join('|')).toContain('.reshape(7)');
  expect(marked.join('|')).toContain('torch.ones(2) @ x');
  expect(marked.at(-1)).toMatch(/missing|f\(\)/);
});

test('what is no Python is passed over, and says so at its line', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(`%matplotlib inline\n${CHAIN}`);
  await expect(line(page, '%matplotlib').locator('.cm-result')).toHaveText('left out');
});

test('a long line goes on further in than it began', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(`values = [${'1.0, '.repeat(40)}]\n`);
  const edges = await line(page, 'values').evaluate((element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    return Array.from(range.getClientRects(), (each) => each.left);
  });
  const first = edges[0] ?? 0;
  expect(Math.min(...edges)).toBe(first);
  expect(new Set(edges.filter((left) => left > first && left < first + 60)).size).toBeGreaterThan(0);
});

test('what stood under the last line goes when all of the program is replaced', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type('import torch\nx = nothing');
  await expect(page.locator('.cm-remark-error')).toHaveText(/NameError/);
  await page.route('**/api/v1/trace', () => undefined); // never answered
  await playground.editor.press('ControlOrMeta+a');
  await page.keyboard.insertText('y = 1');
  await expect(page.locator('.cm-remark')).toHaveCount(0);
});

test('room is kept for results beside the lines that have some, and nothing moves for it later', async ({
  page,
}) => {
  await page.setViewportSize({ width: 800, height: 900 });
  const playground = new Playground(page);
  await playground.open();
  await playground.type(`${CHAIN}steps = [1, 2, 3, 4, 5, 6, 7]\nsum_ = (x * y * z).sum()\n`);
  await playground.pause();
  await playground.step.fill('0');
  const right = (text: string) => line(page, text).evaluate((each) => getComputedStyle(each).paddingRight);
  await expect.poll(() => right('steps')).toBe('16px');
  expect(await right('sum_')).toBe('80px');
  const before = await places(page);
  await playground.step.fill(String(await playground.lastStep()));
  await expect(line(page, 'sum_').locator('.cm-result')).toBeVisible();
  expect(await places(page)).toEqual(before);
  await playground.editor.press('ControlOrMeta+End');
  await page.keyboard.type('a = 1');
  await expect.poll(() => right('a = 1')).toBe('16px');
  expect(await right('sum_')).toBe('80px');
});
