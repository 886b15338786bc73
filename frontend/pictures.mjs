/**
 * Takes the pictures of the docs anew, from a server that runs: `node pictures.mjs http://127.0.0.1:8000`.
 * Look at each before it is committed.
 */
import { chromium } from '@playwright/test';
import { existsSync } from 'node:fs';

const FOLDER = new URL('../docs/pictures/', import.meta.url).pathname;
const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
const SYSTEM_CHROMIUM = '/usr/bin/chromium';

/** What is shown: an example or a program, and the step that it stands at. */
const STATES = [
    { name: 'page-light', step: 21 },
    { name: 'page-dark', step: 21, colorScheme: 'dark' },
    { name: 'forward', step: 8 },
    { name: 'training-loop', example: 'Fitting a line', step: 60 },
    { name: 'matrix', example: 'One head of attention', step: 30 },
    { name: 'nan', example: 'A NaN that nobody computed', step: 9 },
    { name: 'error', example: 'An error worth meeting early', step: 99 },
    { name: 'refusal', program: 'import torch\nimport os\n\nx = torch.tensor(1.0, requires_grad=True)\n' },
    {
        name: 'limit',
        program:
            'import torch\n\nx = torch.tensor(1.0, requires_grad=True)\nwhile True:\n    x = torch.sin(x)\n',
        step: 40,
        wait: 12000,
    },
    { name: 'phone', step: 21, viewport: PHONE, colorScheme: 'dark' },
];

async function take(
    browser,
    address,
    { name, example, program, step, viewport = WIDE, colorScheme = 'light', wait = 1500 },
) {
    const page = await browser.newPage({ viewport, colorScheme, reducedMotion: 'reduce' });
    await page.goto(address);
    await page.getByText(/^Ran in/).waitFor();
    if (example) {
        await page.getByRole('button', { name: 'Examples' }).click();
        await page.getByRole('menuitem', { name: new RegExp(`^${example}`) }).click();
        await page.waitForTimeout(1500);
    }
    if (program) {
        await page.getByRole('textbox', { name: 'Program' }).focus();
        await page.keyboard.press('ControlOrMeta+a');
        await page.keyboard.insertText(program);
        await page.waitForTimeout(wait);
    }
    if (step !== undefined) {
        const slider = page.getByRole('slider', { name: 'Step' });
        await slider.fill(String(Math.min(step, Number(await slider.getAttribute('max')))));
    }
    await page.waitForTimeout(800);
    await page.screenshot({ path: `${FOLDER}${name}.png` });
    await page.close();
}

const [address] = process.argv.slice(2);
const executablePath = existsSync(SYSTEM_CHROMIUM) ? SYSTEM_CHROMIUM : undefined;
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
for (const state of STATES) await take(browser, address, state);
await browser.close();
