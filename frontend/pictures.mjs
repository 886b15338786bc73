/**
 * Takes the pictures of the docs anew, from a server that runs: `node pictures.mjs http://127.0.0.1:8000`, or one of
 * them by its name after the address.
 * Look at each before it is committed.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { launch } from './browser.mjs';

const FOLDER = new URL('../docs/pictures/', import.meta.url).pathname;
const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

const PYTHON = process.env.PYTHON ?? '../.venv/bin/python';
const HERE = new URL('.', import.meta.url).pathname;

/** A small GPT-2 of twelve blocks, recorded as a reader would; needs `transformers`. */
const GPT2 = `import torch
import backlight
from transformers import GPT2Config, GPT2LMHeadModel

torch.manual_seed(0)
config = GPT2Config(n_layer=12, n_embd=64, n_head=4, vocab_size=256, n_positions=64)
model = GPT2LMHeadModel(config).eval()
tokens = torch.randint(256, (1, 16))

with backlight.record() as tape:
    loss = model(tokens, labels=tokens).loss
    loss.backward()

tape.save("gpt2.json")
`;

const LONG = `import torch

x = torch.tensor(2.0, requires_grad=True)
for turn in range(10**8):
    pass
y = x * x
`;

/** What is shown: an example, a program or a recording, and the step that it stands at. */
const STATES = [
    { name: 'page-light', step: 21 },
    { name: 'page-dark', step: 21, colorScheme: 'dark' },
    { name: 'forward', step: 8 },
    { name: 'training-loop', example: 'Fitting a line', step: 60 },
    { name: 'matrix', example: 'One head of attention', step: 30 },
    { name: 'nan', example: 'A NaN that nobody computed', step: 9 },
    { name: 'error', example: 'An error worth meeting early', step: 99 },
    {
        name: 'refusal',
        before: 27,
        program: 'import torch\nimport os\n\nx = torch.tensor(1.0, requires_grad=True)\n',
    },
    {
        name: 'limit',
        program:
            'import torch\n\nx = torch.tensor(1.0, requires_grad=True)\nwhile True:\n    x = torch.sin(x)\n',
        before: 27,
        step: 40,
        wait: 12000,
    },
    { name: 'empty', program: '# What comes here?\n' },
    { name: 'running', before: 21, program: LONG, wait: 1800 },
    { name: 'large-model', recording: GPT2, step: 1112 },
    { name: 'phone', step: 21, viewport: PHONE, colorScheme: 'dark' },
];

/** Runs a program that saves a recording, and says where that is. */
function record(program) {
    const environment = { ...process.env, PYTHONPATH: join(HERE, '../app') };
    writeFileSync(join(recorded, 'train.py'), program);
    execFileSync(join(HERE, PYTHON), ['train.py'], { cwd: recorded, env: environment });
    return join(recorded, 'gpt2.json');
}

async function goTo(page, step) {
    const slider = page.getByRole('slider', { name: 'Step' });
    await slider.fill(String(Math.min(step, Number(await slider.getAttribute('max')))));
}

async function take(
    browser,
    address,
    { name, example, program, recording, step, before, viewport = WIDE, colorScheme = 'light', wait = 1500 },
) {
    const page = await browser.newPage({ viewport, colorScheme, reducedMotion: 'reduce' });
    await page.goto(address);
    await page.getByText(/^Ran in/).waitFor();
    if (example) {
        await page.getByRole('button', { name: 'Examples' }).click();
        await page.getByRole('menuitem', { name: new RegExp(`^${example}`) }).click();
        await page.waitForTimeout(1500);
    }
    if (before !== undefined) await goTo(page, before);
    if (program) {
        await page.getByRole('textbox', { name: 'Program' }).focus();
        await page.keyboard.press('ControlOrMeta+a');
        await page.keyboard.insertText(program);
        await page.waitForTimeout(wait);
    }
    if (recording) {
        await page.locator('input[type=file]').setInputFiles(record(recording));
        await page.waitForTimeout(3000);
    }
    if (step !== undefined) await goTo(page, step);
    await page.waitForTimeout(800);
    await page.screenshot({ path: `${FOLDER}${name}.png` });
    await page.close();
}

const [address, only] = process.argv.slice(2);
const recorded = mkdtempSync(join(tmpdir(), 'pictures-'));
const browser = await launch();
for (const state of STATES) if (!only || state.name === only) await take(browser, address, state);
await browser.close();
rmSync(recorded, { recursive: true });
