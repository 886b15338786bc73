// From a keystroke to the new picture, in a real browser. In: the page's address and the number of rounds. Out, on standard
// output: JSON, milliseconds of each round, for each case {"picture": [...], "request": [...], "health": [...]}.

import { existsSync } from 'node:fs';

import { chromium } from '@playwright/test';

const PROGRAM = `import torch

x = torch.tensor(2.0, requires_grad=True)
w = torch.tensor([0.5, -1.5, 3.0], requires_grad=True)
h = torch.sigmoid(w * x)
loss = (h - 1.0).pow(2).mean()
loss.backward()
print(loss, x.grad, w.grad)
`;
/** Where the key goes in, as a line and what stands before it; the key, and the one that takes it back. */
const CASES = {
    'a number changes': { line: 2, before: 'x = torch.tensor(2.', key: '5' },
    'an operation appears or goes': { line: 5, before: 'loss = ', key: '-' },
};

const [address, rounds] = process.argv.slice(2);
const found = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser'].find(
    (path) => path && existsSync(path),
);
const browser = await chromium.launch({
    ...(found ? { executablePath: found } : {}),
    args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
    ],
});
const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, baseURL: address });
await page.goto('/');
await page.locator('.cm-content').click();

/** Resolves with the milliseconds from the next key to the frame that shows the new run. */
const nextPicture = () =>
    page.evaluate(
        () =>
            new Promise((resolve) => {
                let pressed = 0;
                const status = document.querySelector('[role=status][aria-label=Run]');
                const watch = new MutationObserver(() => {
                    if (!pressed || status.getAttribute('aria-busy') !== 'false') return;
                    watch.disconnect();
                    requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - pressed)));
                });
                performance.clearResourceTimings();
                addEventListener('keydown', () => (pressed = performance.now()), {
                    once: true,
                    capture: true,
                });
                watch.observe(status, { attributeFilter: ['aria-busy'] });
            }),
    );
const requestTime = () =>
    page.evaluate(
        () => performance.getEntriesByType('resource').find((each) => /trace$/.test(each.name))?.duration,
    );
const health = () =>
    page.evaluate(async () => {
        const start = performance.now();
        await (await fetch('/healthz', { cache: 'no-store' })).text();
        return performance.now() - start;
    });

const measured = {};
for (const [name, { line, before, key }] of Object.entries(CASES)) {
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.insertText(PROGRAM);
    await page.waitForTimeout(1000);
    await page.locator('[role=status][aria-label=Run][aria-busy=false]').waitFor();
    await page.keyboard.press('ControlOrMeta+Home');
    for (let i = 0; i < line; i++) await page.keyboard.press('ArrowDown');
    for (let i = 0; i < before.length; i++) await page.keyboard.press('ArrowRight');
    const times = (measured[name] = { picture: [], request: [], health: [] });
    for (let round = 0; round < Number(rounds); round++) {
        const picture = nextPicture();
        await page.waitForTimeout(20);
        await page.keyboard.press(round % 2 ? 'Backspace' : key);
        times.picture.push(await picture);
        times.request.push(await requestTime());
        times.health.push(await health());
        await page.waitForTimeout(250);
    }
}
await browser.close();
console.log(JSON.stringify(measured));
