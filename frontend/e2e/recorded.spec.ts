/** Recordings of one's own models: saved by Python, opened by `backlight open`, played like any other program. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { expect, test, type Page } from '@playwright/test';

import { faults, Playground } from './page';

const NAMED = process.env.PYTHON ?? '../.venv/bin/python';
/** A command is left to the search path. */
const PYTHON = NAMED.includes('/') ? resolve(NAMED) : NAMED;
const ENVIRONMENT = { ...process.env, PYTHONPATH: resolve('../app') };

const NET = `from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        layer = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.head = nn.Linear(8, 1)

    def forward(self, x):
        hidden = self.encoder(x)
        return self.head(hidden).squeeze(-1)
`;

const TRAIN = `import torch
import backlight
from net import Net

torch.manual_seed(0)
model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
with backlight.record() as tape:
    loss = model(torch.randn(2, 3, 8)).square().mean()
    loss.backward()
    optimizer.step()
tape.save("run.json")
`;

let folder: string;
let opened: ChildProcess | null = null;

test.beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'recorded-'));
  writeFileSync(join(folder, 'net.py'), NET);
  writeFileSync(join(folder, 'train.py'), TRAIN);
  execFileSync(PYTHON, ['train.py'], { cwd: folder, env: ENVIRONMENT, timeout: 60_000 });
});

test.afterEach(() => {
  opened?.kill();
  opened = null;
});

test.afterAll(() => rmSync(folder, { recursive: true }));

/** The address that `backlight open` prints. */
function open(file: string): Promise<string> {
  const command = spawn(PYTHON, ['-m', 'backlight', 'open', file, '--no-browser'], {
    cwd: folder,
    env: { ...ENVIRONMENT, PYTHONUNBUFFERED: '1' },
  });
  opened = command;
  return new Promise((found, failed) => {
    let said = '';
    command.stdout.on('data', (text: Buffer) => {
      said += text.toString();
      const address = /http:\S+/.exec(said)?.[0];
      if (address !== undefined) found(address);
    });
    command.on('exit', () => failed(new Error(`backlight open ended: ${said}`)));
  });
}

interface Saved {
  nodes: { label: string; names: string[] }[];
  sources: { name: string; text: string }[];
  edges: { target: number }[];
}

/** The saved recording, changed, under another name. */
function changed(name: string, change: (document: Saved) => void): string {
  const document = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as Saved;
  change(document);
  writeFileSync(join(folder, name), JSON.stringify(document));
  return name;
}

const files = (page: Page) => page.getByRole('combobox', { name: 'File' });
const source = (page: Page) => page.getByRole('textbox', { name: 'Source' });

test('a recording plays, with its own files beside it', async ({ page }) => {
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  const problems: string[] = [];
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(error.message));
  const address = await open('run.json');
  await page.goto(address);
  const playground = new Playground(page);
  await playground.ready();
  await playground.pause();

  await expect(page.getByRole('heading', { name: 'run.json' })).toBeVisible();
  await expect(files(page).getByRole('option')).toHaveText(['train.py', 'net.py']);
  await expect(playground.leaf('model.head.bias')).toBeVisible();
  await expect(playground.button('Examples')).toHaveCount(0);
  const end = await playground.lastStep();
  await playground.step.fill(String(end));
  await expect(playground.sentence).toContainText(/model\.|head/);
  expect(requests.every((url) => new URL(url).host === new URL(address).host)).toBe(true);
  expect(requests.some((url) => url.endsWith('/trace'))).toBe(false);
  expect(problems).toEqual([]);
});

test('the file in which the playhead is at work is shown, and nothing in it can be changed', async ({
  page,
}) => {
  await page.goto(await open('run.json'));
  const playground = new Playground(page);
  await playground.ready();
  await playground.pause();
  const file = files(page);
  await playground.step.fill(String(Math.floor((await playground.lastStep()) / 4)));
  await expect(file.locator('option:checked')).toHaveText('net.py');
  await expect(source(page)).toContainText('self.encoder = nn.TransformerEncoder');
  await file.selectOption('train.py');
  await expect(source(page)).toContainText('tape.save("run.json")');
  await source(page).focus();
  await page.keyboard.type('broken');
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(source(page)).not.toContainText('broken');
});

test('its address brings back the step', async ({ page }) => {
  await page.goto(await open('run.json'));
  const playground = new Playground(page);
  await playground.ready();
  await playground.pause();
  await playground.step.fill('20');
  await expect(page).toHaveURL(/#document=.+&s=19$/);
  await page.reload();
  await playground.ready();
  await expect(playground.step).toHaveValue('20');
});

test('a saved recording is dropped on the page of a playground, and Back returns to the program', async ({
  page,
}) => {
  const playground = new Playground(page);
  await playground.open();
  await page.getByLabel('File to open').setInputFiles(join(folder, 'run.json'));
  await expect(page.getByRole('heading', { name: 'run.json' })).toBeVisible();
  await expect(playground.leaf('model.head.bias')).toBeVisible();
  await page.getByLabel('File to open').setInputFiles({
    name: 'other.json',
    mimeType: 'application/json',
    buffer: Buffer.from('{"cells": []}'),
  });
  await expect(page.getByRole('alert')).toContainText('other.json was not opened. Its schema is missing.');
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await page.goBack();
  await expect(playground.editor).toBeVisible();
  await playground.ready();
});

test('what comes from outside is shown as text', async ({ page }) => {
  const attack = '<img src=x onerror="document.title=1">';
  const file = changed('attack.json', (document) => {
    for (const node of document.nodes) [node.label, node.names] = [attack, [attack]];
    for (const each of document.sources) each.name = attack;
  });
  await page.goto(await open(file));
  const playground = new Playground(page);
  await playground.ready();
  await playground.pause();
  await expect(files(page).getByRole('option').first()).toHaveText(attack);
  await expect(page.locator('img[src=x]')).toHaveCount(0);
  await expect(page).toHaveTitle(/Backlight/);
});

test('a damaged recording says where', async ({ page }) => {
  const file = changed('damaged.json', ({ edges }) => {
    const [edge] = edges;
    if (edge) edge.target = 9_999;
  });
  await page.goto(await open(file));
  await expect(page.getByRole('alert')).toContainText(
    /damaged\.json was not opened\. This Document is damaged: edges\[0\]\.target is 9999, not one of the \d+ nodes\./,
  );
});

test('axe finds nothing', async ({ page }) => {
  await page.goto(await open('run.json'));
  const playground = new Playground(page);
  await playground.ready();
  await playground.pause();
  expect(await faults(page)).toEqual([]);
});
