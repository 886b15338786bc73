// From a Document's text to the picture, step by step, in Node and in Chromium.
// In: a folder of Documents, how often, the file to write. Out: JSON, {document: {"node" | "chromium": {step: [ms]}}}.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import vm from 'node:vm';

import { build } from 'vite';

import { launch } from '../browser.mjs';

const [folder, rounds, file] = process.argv.slice(2);

/** Our own code as one script that leaves `bench.timePicture`. */
async function script() {
    const lib = { entry: 'src/fixtures/bench-picture.ts', name: 'bench', formats: ['iife'] };
    const [{ output }] = await build({
        configFile: false,
        logLevel: 'error',
        build: { lib, write: false, target: 'es2023' },
    });
    return output[0].code;
}

const code = await script();
vm.runInThisContext(`${code}; globalThis.bench = bench;`);
const browser = await launch();
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
await page.setContent('<canvas width="1440" height="900"></canvas>');
await page.addScriptTag({ content: code });

const inChromium = (text) =>
    page.evaluate((text) => {
        const context = document.querySelector('canvas').getContext('2d');
        const times = globalThis.bench.timePicture(text, context);
        context.getImageData(0, 0, 1, 1); // drawing is done when its pixels can be read
        return times;
    }, text);

const measured = {};
for (const name of readdirSync(folder).sort()) {
    const text = readFileSync(join(folder, name), 'utf8');
    const times = (measured[name.replace(/\.json$/, '')] = { node: {}, chromium: {} });
    for (let round = 0; round < Number(rounds); round++) {
        for (const [place, once] of [
            ['node', globalThis.bench.timePicture(text, null)],
            ['chromium', await inChromium(text)],
        ])
            for (const [step, ms] of Object.entries(once)) (times[place][step] ??= []).push(ms);
    }
}
await browser.close();
writeFileSync(file, JSON.stringify(measured));
