import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

import { expect, test, type Page } from '@playwright/test';

import { boxOf, faults, Playground } from './page';

const NET = `import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
loss = net(torch.tensor([[1.0, 2.0]])).sum()
loss.backward()
`;
const MODULE = 'module net, Sequential, 5 operations';

/** The list of nodes is there for screen readers and keyboards; a pointer finds nothing to press. */
const press = (button: HTMLElement): void => button.click();

/** A page whose program was answered with the recording of a GPT-2. */
async function openGpt2(page: Page): Promise<Playground> {
  const file = new URL('../src/fixtures/large/gpt2-12.json.gz', import.meta.url);
  const body = gunzipSync(readFileSync(file)).toString();
  await page.route('**/api/v1/trace', (route) => route.fulfill({ body, contentType: 'application/json' }));
  const playground = new Playground(page);
  await page.goto('/');
  await expect(page.getByRole('img', { name: 'Graph of 637 nodes' })).toBeVisible();
  await playground.pause();
  return playground;
}

test('a module is a box that closes to one face and opens again', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(NET);
  await expect(playground.node(MODULE)).toHaveAttribute('aria-expanded', 'true');
  await expect(playground.node('relu')).toHaveCount(1);
  await playground.node(MODULE).evaluate(press);
  await expect(playground.node(MODULE)).toHaveAttribute('aria-expanded', 'false');
  await expect(playground.node('relu')).toHaveCount(0);
  await expect(playground.node('loss = sum')).toHaveCount(1);
  await playground.node(MODULE).evaluate(press);
  await expect(playground.node('relu')).toHaveCount(1);
});

test('a click on a face opens it, the face stays under the pointer, and its header closes it', async ({
  page,
}) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const playground = new Playground(page);
  await playground.open();
  await playground.type(NET);
  await playground.button('Close all groups').click();
  await expect(playground.node(MODULE)).toHaveAttribute('aria-expanded', 'false');
  await page.keyboard.press('f');
  const picture = page.getByRole('img', { name: /^Graph of/ });
  const box = await picture.boundingBox();
  const middle = { x: (box?.width ?? 0) / 2, y: (box?.height ?? 0) / 2 };
  await expect(async () => {
    await picture.click({ position: middle });
    await expect(playground.node(MODULE)).toHaveAttribute('aria-expanded', 'true', { timeout: 500 });
  }).toPass();
});

test('groups stay as they are over runs, and start anew with another program', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(NET);
  await playground.node(MODULE).evaluate(press);
  await expect(playground.node('relu')).toHaveCount(0);
  await playground.type(NET.replace('2.0]', '5.0]'));
  await expect(playground.node(MODULE)).toHaveAttribute('aria-expanded', 'false');
  await expect(playground.node('relu')).toHaveCount(0);
});

test('what was closed is closed after a reload, and what was opened again is open', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(NET);
  await playground.pause();
  const before = page.url();
  await page.keyboard.press('End');
  await page.waitForURL((url) => url.href !== before);
  await playground.node(MODULE).evaluate(press);
  await expect(playground.node('relu')).toHaveCount(0);
  await page.reload();
  await playground.ready();
  await expect(playground.node(MODULE)).toHaveAttribute('aria-expanded', 'false');
  await playground.node(MODULE).evaluate(press);
  await expect(playground.node('relu')).toHaveCount(1);
  await page.reload();
  await playground.ready();
  await expect(playground.node('relu')).toHaveCount(1);
});

test('a selection survives the closing of its group, and a leaf of the table opens the way to it', async ({
  page,
}) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(NET);
  await playground.node('relu').evaluate(press);
  await expect(playground.inspector.getByRole('heading', { name: 'relu' })).toBeVisible();
  await playground.node(MODULE).evaluate(press);
  await expect(playground.inspector.getByRole('heading', { name: 'relu' })).toBeVisible();
  await page.getByRole('region', { name: 'Graph' }).click({ position: { x: 40, y: 100 } });
  await playground.leaf('net.2.weight').getByRole('button').click();
  await expect(playground.node(MODULE)).toHaveAttribute('aria-expanded', 'true');
  await expect(playground.node('leaf net.2.weight')).toHaveAttribute('aria-pressed', 'true');
});

test('all groups open and close at once', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(NET);
  await expect(playground.button('Open all groups')).toBeDisabled();
  await playground.button('Close all groups').click();
  await expect(playground.node('relu')).toHaveCount(0);
  await expect(playground.button('Close all groups')).toBeDisabled();
  await playground.button('Open all groups').click();
  await expect(playground.node('relu')).toHaveCount(1);
});

test('a GPT-2 of twelve layers opens collapsed, and leads to an operation within three opened groups', async ({
  page,
}) => {
  const playground = await openGpt2(page);
  const list = page.getByRole('list', { name: 'Nodes' });
  await expect(list.getByRole('button')).toHaveCount(33);
  await expect(playground.node('split')).toHaveCount(0);
  await list.getByRole('button', { name: 'module h.5, GPT2Block' }).evaluate(press);
  await list.getByRole('button', { name: 'module attn, GPT2Attention' }).evaluate(press);
  await expect(playground.node('split')).toHaveCount(1);
});

test('by keyboard: Enter opens the group at hand, with Shift it closes, o and c mean all', async ({
  page,
}) => {
  const playground = await openGpt2(page);
  await playground.button('Fit the graph').focus();
  await playground.step.fill('60');
  await playground.page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  const block = page
    .getByRole('list', { name: 'Nodes' })
    .getByRole('button', { name: 'module h.0, GPT2Block' });
  await expect(block).toHaveAttribute('aria-expanded', 'false');
  await page.keyboard.press('Enter');
  await expect(block).toHaveAttribute('aria-expanded', 'true');
  await page.keyboard.press('Shift+Enter');
  await expect(block).toHaveAttribute('aria-expanded', 'false');
  await page.keyboard.press('o');
  await expect(block).toHaveAttribute('aria-expanded', 'true');
  await page.keyboard.press('c');
  await expect(block).toHaveCount(0);
});

const JOINED = `import torch

def f(x):
    a = x * 2
    b = torch.sin(x)
    return a + b

w = torch.tensor(0.0, requires_grad=True)
h = torch.exp(w)
y = f(h)
y.backward()
`;

test('edges that a closed group makes one tell each gradient and their sum', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const playground = new Playground(page);
  await playground.open();
  await playground.type(JOINED);
  await playground.button('Close all groups').click();
  await expect(playground.node('function f, 3 operations')).toHaveAttribute('aria-expanded', 'false');
  await playground.step.fill(String(await playground.lastStep()));
  await page.keyboard.press('Escape');
  await page.keyboard.press('f');
  const picture = page.getByRole('img', { name: /^Graph of/ });
  const { x, y, width, height } = await boxOf(picture);
  // Between h and f, which stand one below the other.
  const between = { x: x + width / 2, y: y + 0.58 * height };
  await page.mouse.move(between.x, between.y);
  const tip = page.locator('.tip');
  await expect(tip).toContainText('h → function f');
  await expect(tip.locator('dt')).toHaveText(['h → a', 'h → b', 'sum']);
  await expect(tip.locator('dd').first()).toContainText('2');
  await expect(tip).toContainText('The 2 gradients add up to what h receives.');
  await page.mouse.click(between.x, between.y);
  const { inspector } = playground;
  await expect(inspector.getByRole('heading', { name: 'h → function f' })).toBeVisible();
  await expect(inspector.getByRole('tab')).toHaveText(['Summary']);
  await expect(inspector).toContainText('2 edges, drawn as one');
  await inspector.getByRole('button', { name: /^h → b/ }).click();
  await expect(inspector.getByRole('heading', { name: 'h = exp' })).toBeVisible();
});

test('two taps on the ground of an open group close it', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const playground = new Playground(page);
  await playground.open();
  await playground.type(NET);
  await page.keyboard.press('Escape');
  const picture = page.getByRole('img', { name: /^Graph of/ });
  const { width = 0, height = 0 } = (await picture.boundingBox()) ?? {};
  await expect(async () => {
    await playground.button('Fit the graph').click(); // the graph may be laid out only after a first one
    await picture.dblclick({ position: { x: width / 2 - 0.08 * height, y: height / 2 } });
    await expect(page.getByRole('list', { name: 'Nodes' }).locator('[aria-expanded="false"]')).toHaveCount(
      1,
      { timeout: 500 },
    );
  }).toPass();
});

test('axe finds nothing wrong with open and closed groups', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const playground = new Playground(page);
  await playground.open();
  await playground.type(NET);
  await playground.node('module 2, Linear, 2 operations').evaluate(press);
  await expect(playground.node('module 2, Linear, 2 operations')).toHaveAttribute('aria-expanded', 'false');
  expect(await faults(page)).toEqual([]);
});

test('a search for a module opens it and tells of it', async ({ page }) => {
  const playground = await openGpt2(page);
  await page.keyboard.press('/');
  await page.keyboard.type('h.3.mlp');
  await expect(page.getByRole('option').first()).toContainText('module mlp');
  await page.keyboard.press('Enter');
  await expect(playground.inspector.getByRole('heading', { name: 'module mlp' })).toBeVisible();
  await expect(page.getByRole('button', { name: /^module h\.3, / })).toHaveAttribute('aria-expanded', 'true');
});
