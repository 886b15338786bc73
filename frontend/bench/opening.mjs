// From the address to the first picture, in a real browser whose cache is empty. In: the page's address, the number of
// rounds, a file to write. Out, in that file: JSON, {"picture": [ms, ...], "editor": [ms, ...], "answer": [ms, ...],
// "health": [ms, ...], "scripts": {"first": bytes, "all": bytes}}: what the scripts weigh on their way, compressed, that
// are asked for before the picture stands, and all that the page asks for by itself.

import { writeFileSync } from 'node:fs';

import { launch } from '../browser.mjs';

const [address, rounds, file] = process.argv.slice(2);
const browser = await launch();
const measured = { picture: [], editor: [], answer: [], health: [], scripts: null };

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
        if (drawn) globalThis.picture ??= now;
        if (document.querySelector('.cm-editor')) globalThis.editor ??= now;
        if (!globalThis.picture || !globalThis.editor) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
};

for (let round = 0; round < Number(rounds); round++) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, baseURL: address });
    const page = await context.newPage();
    await page.addInitScript(watch);
    await page.goto('/');
    await page.waitForFunction(() => globalThis.picture && globalThis.editor);
    await page.waitForLoadState('networkidle');
    const seen = await page.evaluate(async () => {
        const entries = performance.getEntriesByType('resource');
        const start = performance.now();
        await (await fetch('/healthz', { cache: 'no-store' })).text();
        const health = performance.now() - start;
        const { picture, editor } = globalThis;
        const scripts = entries.filter(({ name }) => name.endsWith('.js'));
        const weight = (all) => all.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);
        return {
            times: {
                health,
                picture,
                editor,
                answer: entries.find(({ name }) => name.endsWith('/trace'))?.responseEnd,
            },
            scripts: {
                first: weight(scripts.filter(({ startTime }) => startTime < picture)),
                all: weight(scripts),
            },
        };
    });
    for (const [name, ms] of Object.entries(seen.times)) measured[name].push(ms);
    measured.scripts = seen.scripts;
    await context.close();
}
await browser.close();
writeFileSync(file, JSON.stringify(measured));
