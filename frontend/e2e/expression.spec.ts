/** Expression mode: one line, a slider for each of its names, and the picture that follows. */
import { setTimeout } from 'node:timers/promises';

import { expect, test, type Page } from '@playwright/test';

import { faults, Playground } from './page';

async function openExpression(page: Page, expression?: string): Promise<Playground> {
  const playground = new Playground(page);
  await playground.open();
  await playground.button('Expression').click();
  await expect(field(page)).toBeVisible();
  await expect(playground.status).toContainText('Ran in');
  if (expression !== undefined) await write(page, expression);
  await expect(playground.status).toHaveAttribute('aria-busy', 'false');
  return playground;
}

const field = (page: Page) => page.getByRole('textbox', { name: 'Expression' });
const slider = (page: Page, name: string) => page.getByRole('slider', { name, exact: true });
const input = (page: Page, name: string) => page.getByRole('textbox', { name: `${name}, as a number` });

async function write(page: Page, expression: string): Promise<void> {
  await field(page).focus();
  await page.keyboard.press('ControlOrMeta+a');
  const answer = page.waitForResponse('**/api/v1/trace');
  await page.keyboard.insertText(expression);
  await answer;
}

test('an expression is drawn, and a slider changes values and gradients in place', async ({ page }) => {
  const playground = await openExpression(page, 'x ** 2 * w');
  await expect(page.getByRole('img', { name: 'Graph of 4 nodes and 3 edges' })).toBeVisible();
  await playground.pause();
  await playground.step.fill(String(await playground.lastStep()));
  await input(page, 'x').fill('3');
  await input(page, 'w').fill('2');
  await expect(page.getByText('= 18', { exact: true })).toBeVisible();
  await expect(page.getByRole('group', { name: 'Input x' })).toContainText('∂ 12');
  const box = await slider(page, 'x').boundingBox();
  if (!box) throw new Error('the slider is not to be seen');
  await page.mouse.move(box.x + box.width * 0.8, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, box.y + box.height / 2, { steps: 6 });
  await expect(playground.leaf('x')).toContainText(/^x\s*-?[−0.]/);
  await page.mouse.up();
  await expect(playground.status).toHaveAttribute('aria-busy', 'false');
  expect(await playground.stepNumber()).toBe(await playground.lastStep());
  await slider(page, 'x').focus();
  const before = Number(await input(page, 'x').inputValue());
  await page.keyboard.press('ArrowRight');
  expect(Number(await input(page, 'x').inputValue())).toBeCloseTo(before + 0.01);
  await page.getByRole('button', { name: 'Reset x' }).click();
  await expect(input(page, 'x')).toHaveValue('1');
});

test('what an expression comes to is told also where that is an input itself', async ({ page }) => {
  await openExpression(page, 'x if x > 0 else -x');
  await input(page, 'x').fill('0.5');
  await expect(page.locator('.result')).toHaveText('= 0.5');
  await input(page, 'x').fill('-2');
  await expect(page.locator('.result')).toHaveText('= 2');
});

test('what is no number is told beside its field, and the slider is as wide as what is typed', async ({
  page,
}) => {
  await openExpression(page, 'sin(x)');
  await input(page, 'x').fill('1/2');
  await expect(page.getByText(/^A number, or lists of numbers .* Until then it is /)).toBeVisible();
  await input(page, 'x').fill('100');
  await expect(page.getByText('A number, or lists')).toHaveCount(0);
  await expect(slider(page, 'x')).toHaveAttribute('max', '200');
  await input(page, 'x').fill('2');
  await expect(slider(page, 'x')).toHaveAttribute('max', '5');
  await expect(slider(page, 'x')).toHaveValue('2');
});

test('a slider leads on where its number reaches the edge', async ({ page }) => {
  await openExpression(page, 'sin(x)');
  await input(page, 'x').fill('40');
  await expect(slider(page, 'x')).toHaveAttribute('max', '100');
  await expect(slider(page, 'x')).toHaveValue('40');
});

test('what is wrong is said at its place, with inputs that would do, to be filled in', async ({ page }) => {
  await openExpression(page, 'A @ B');
  await expect(page.locator('.wrong')).toContainText('RuntimeError');
  await expect(page.locator('.line .cm-lintRange-error')).toHaveText('A @ B');
  await playgroundButton(page, 'Fill in the example').click();
  await expect(input(page, 'A')).toHaveValue('[[1, 2], [3, 4]]');
  await expect(page.getByText('= 2×2')).toBeVisible();
  await input(page, 'B').fill('[[1');
  await expect(input(page, 'B')).toHaveAttribute('aria-invalid', 'true');
  await write(page, 'sin(A');
  await expect(page.locator('.wrong')).toContainText('never closed');
  await expect(page.locator('.line .cm-lintRange-error')).toBeVisible();
});

test('places are told as parts of the expression, and lead there; no line of a program is', async ({
  page,
}) => {
  const playground = await openExpression(page, 'sin(x**2) + exp(x).add_(1)');
  await playground.button('To the end').click();
  await expect(playground.sentence).toContainText('exp saved its result at version 0');
  await playground.node('pow').press('Enter');
  const part = playground.inspector.getByRole('button', { name: 'x**2', exact: true });
  await part.click();
  await expect(field(page)).toBeFocused();
  await page.keyboard.press('Shift+ArrowRight');
  expect(await page.evaluate(() => getSelection()?.toString())).toBe('x');
  await playground.node('leaf x').press('Enter');
  await expect(playground.inspector).toContainText('not in the expression');
  await expect(page.locator('body')).not.toContainText(/line \d/i);
  await expect(page.getByRole('combobox', { name: 'Step by' }).locator('option')).toHaveText([
    'event',
    'node',
    'pass',
  ]);
});

const playgroundButton = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

test('the address keeps expression and inputs, and Back leads to the program', async ({ page }) => {
  const playground = await openExpression(page, 'tanh(x) * 3.5');
  await input(page, 'x').fill('0.25');
  await expect(playground.status).toHaveAttribute('aria-busy', 'false');
  await expect(page).toHaveURL(/#x=.*&s=/);
  await page.reload();
  await expect(field(page)).toHaveText('tanh(x) * 3.5');
  await expect(input(page, 'x')).toHaveValue('0.25');
  await expect(playground.status).toContainText('Ran in');
  await page.goBack();
  await expect(playground.editor).toBeVisible();
  await expect(playground.editor).toContainText('import torch');
  await playground.ready();
});

test('a reload keeps what was typed just before, also where the server takes its time', async ({ page }) => {
  await openExpression(page, 'tanh(x)');
  await page.route(
    ({ pathname }) => pathname === '/',
    async (route) => {
      await setTimeout(1000);
      await route.continue();
    },
  );
  await write(page, 'cos(x)');
  await page.reload();
  await expect(field(page)).toHaveText('cos(x)');
});

test('an expression opens as a program, and the program that was there is one step back', async ({
  page,
}) => {
  const playground = await openExpression(page, 'relu(x) + 1');
  await playgroundButton(page, 'Open as program').click();
  await expect(playground.editor).toContainText('y = relu(x) + 1');
  await playground.ready();
  await playground.button('Expression').click();
  await expect(field(page)).toHaveText('relu(x) + 1');
  await playground.button('Program').click();
  await expect(playground.editor).toContainText('y = relu(x) + 1');
});

for (const width of [1440, 360]) {
  test(`axe finds nothing, and nothing is too wide, ${width} wide`, async ({ page }) => {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await openExpression(page);
    expect(await faults(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
  });
}

test('a gradient beside a slider has the colour that it has in the graph, and an error its lines', async ({
  page,
}) => {
  await openExpression(page, 'log(0 * x)');
  const gradient = page.getByRole('group', { name: 'Input x' }).locator('.gradient');
  await expect(gradient).toHaveText('∂ NaN');
  await expect(gradient).toHaveAttribute('style', /--problem/);
  await write(page, '-x');
  await expect(gradient).toHaveAttribute('style', /--gradient-negative/);
  await page.setViewportSize({ width: 390, height: 844 });
  await write(page, 'x @ W');
  const playground = new Playground(page);
  await playground.pause();
  await playground.step.fill(String(await playground.lastStep()));
  await expect(playground.sentence).toContainText('No input was given for W');
});

test('an expression that was written as a program is opened as what it is', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type('x*y + sin(x)');
  await playground.button('Open as an expression').click();
  await expect(field(page)).toHaveText('x*y + sin(x)');
  await expect(page.getByRole('img', { name: 'Graph of 5 nodes and 5 edges' })).toBeVisible();
  await expect(slider(page, 'y')).toBeVisible();
  await page.goBack();
  await expect(playground.editor.locator('.cm-line')).toHaveText(['x*y + sin(x)']);
});
