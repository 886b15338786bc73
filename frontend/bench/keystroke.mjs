// From a keystroke to the new picture, in a real browser. In: the page's address, the number of rounds, a file to write.
// Out, in that file: JSON, milliseconds of each round, for each case {"picture": [...], "request": [...], "health": [...]}.

import { writeFileSync } from 'node:fs';

import { launch } from '../browser.mjs';

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

const [address, rounds, file] = process.argv.slice(2);
const browser = await launch();
const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, baseURL: address });
await page.goto('/');
await page.locator('.cm-content').click();

/** Begins to watch for the next key; `taken` then has the milliseconds from it to the first frame with the new run. */
const watchForKey = () =>
    page.evaluate(() => {
        performance.clearResourceTimings();
        globalThis.taken = undefined;
        const status = document.querySelector('[role=status][aria-label=Run]');
        const start = () => {
            const pressed = performance.now();
            const look = (now) => {
                const answered = performance
                    .getEntriesByType('resource')
                    .some((each) => /trace$/.test(each.name));
                if (answered && status.getAttribute('aria-busy') === 'false')
                    globalThis.taken = now - pressed;
                else requestAnimationFrame(look);
            };
            requestAnimationFrame(look);
        };
        addEventListener('keydown', start, { once: true, capture: true });
    });
const taken = async () =>
    (await page.waitForFunction(() => globalThis.taken, undefined, { timeout: 10_000 })).jsonValue();
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
        await watchForKey();
        await page.keyboard.press(round % 2 ? 'Backspace' : key);
        times.picture.push(await taken());
        times.request.push(await requestTime());
        times.health.push(await health());
        await page.waitForTimeout(250);
    }
}
await browser.close();
writeFileSync(file, JSON.stringify(measured));
