// From the address to the first picture, in a real browser whose cache is empty. In: the page's address, the number of
// rounds, a file to write. Out, in that file: JSON, {"picture": [ms, ...], "answer": [ms, ...], "health": [ms, ...],
// "script": bytes}; "script" is what the scripts weigh on their way, compressed, that the page asks for by itself.

import { writeFileSync } from 'node:fs';

import { launch } from '../browser.mjs';

const [address, rounds, file] = process.argv.slice(2);
const browser = await launch();
const measured = { picture: [], answer: [], health: [], script: 0 };

/** Milliseconds from navigation to the first frame with a drawn graph; and when the answer to the program was there. */
const watch = () => {
    const look = (now) => {
        const graph =
            document.querySelector('[role=img][aria-label^="Graph of "]')?.getAttribute('aria-label') ?? '';
        const canvas = document.querySelector('.stage canvas');
        const drawn =
            /^Graph of [1-9]/.test(graph) &&
            canvas?.width > 0 &&
            canvas
                .getContext('2d')
                .getImageData(0, 0, canvas.width, canvas.height)
                .data.some((byte) => byte !== 0);
        if (drawn) globalThis.picture = now;
        else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
};

for (let round = 0; round < Number(rounds); round++) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, baseURL: address });
    const page = await context.newPage();
    await page.addInitScript(watch);
    await page.goto('/');
    measured.picture.push(await (await page.waitForFunction(() => globalThis.picture)).jsonValue());
    const seen = await page.evaluate(async () => {
        const entries = performance.getEntriesByType('resource');
        const start = performance.now();
        await (await fetch('/healthz', { cache: 'no-store' })).text();
        return {
            health: performance.now() - start,
            answer: entries.find(({ name }) => name.endsWith('/trace'))?.responseEnd,
            script: entries
                .filter(({ name }) => name.endsWith('.js'))
                .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
        };
    });
    measured.answer.push(seen.answer);
    measured.health.push(seen.health);
    measured.script = seen.script;
    await context.close();
}
await browser.close();
writeFileSync(file, JSON.stringify(measured));
