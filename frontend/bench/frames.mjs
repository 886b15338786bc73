// Frame times of the page while playing, panning and zooming, and of a plain SVG of the same scene, in a real browser.
// In: the page's address, the seconds for each, a file to write.
// Out, in that file: JSON, by case and contender {"intervals": [...ms], "work": [...ms]}.

import { existsSync, writeFileSync } from 'node:fs';

import { chromium } from '@playwright/test';

import { built } from './load.mjs';

const SIDES = { 100: 10, 1000: 32, 5000: 70 };
const SCREEN = { width: 1440, height: 900 };

const [address, seconds, file] = process.argv.slice(2);
const { svgOf } = await import(await built('src/fixtures/still.ts'));
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

/** As many chains as each has operations, added up in the end: about `side` squared nodes, all in sight when fitted. */
function program(side) {
    const lines = ['import torch'];
    const half = Math.floor((side - 2) / 2);
    for (let i = 0; i < side; i++) {
        lines.push(`x${i} = torch.tensor(${0.1 + i / 100}, requires_grad=True)`);
        lines.push(`y${i} = x${i}${'.sin()'.repeat(half)}`, `z${i} = y${i}${'.cos()'.repeat(half)}`);
    }
    const sum = Array.from({ length: side }, (_, i) => `z${i}`).join(', ');
    return `${lines.join('\n')}\ntorch.stack([${sum}]).sum().backward()\n`;
}

/** Training that goes on: thousands of steps, few nodes in sight. */
const LOOP = `import torch
w = torch.tensor(0.5, requires_grad=True)
for i in range(500):
    loss = (w * 2.0 - 1.0) ** 2
    loss.backward()
    with torch.no_grad():
        w -= 0.01 * w.grad
    w.grad = None
`;

/** Notes when frames come, and how long our callbacks work in each. */
const watching = () => {
    globalThis.watched = { times: [], work: [] };
    const { requestAnimationFrame: next } = window;
    window.requestAnimationFrame = (callback) =>
        next.call(window, (now) => {
            const start = performance.now();
            callback(now);
            globalThis.watched.work.push(performance.now() - start);
        });
    const tick = (now) => {
        globalThis.watched.times.push(now);
        next.call(window, tick);
    };
    next.call(window, tick);
};

/** What the page measured while `act` went on. */
async function watch(page, act) {
    await page.evaluate(() => Object.assign(globalThis.watched, { times: [], work: [] }));
    await act();
    const { times, work } = await page.evaluate(() => globalThis.watched);
    return { intervals: times.slice(1).map((time, i) => time - times[i]), work };
}

const until = Number(seconds) * 1000;

async function pan(page) {
    await page.mouse.move(900, 400);
    await page.mouse.down();
    for (let i = 0, start = Date.now(); Date.now() - start < until; i++)
        await page.mouse.move(900 + 200 * Math.sin(i / 20), 400 + 120 * Math.sin(i / 13));
    await page.mouse.up();
}

async function zoom(page) {
    await page.mouse.move(900, 400);
    for (let i = 0, start = Date.now(); Date.now() - start < until; i++)
        await page.mouse.wheel(0, i % 40 < 20 ? -30 : 30);
}

const measured = {};
for (const [nodes, side] of Object.entries(SIDES)) {
    const page = await opened(program(side));
    const note = async (name, act) => {
        measured[`${nodes} nodes, ${name}`] = { Backlight: await watch(page, act) };
    };
    await note('playing', () => play(page));
    await note('panning', () => pan(page));
    await page.getByRole('button', { name: 'Fit the graph' }).click();
    await page.waitForTimeout(600);
    await note('zooming', () => zoom(page));
    await page.close();
    await plainSvg(nodes, program(side));
}
const loop = await opened(LOOP);
measured['500 iterations, playing'] = { Backlight: await watch(loop, () => play(loop)) };
await browser.close();
writeFileSync(file, JSON.stringify(measured));

async function opened(text) {
    const page = await browser.newPage({ viewport: SCREEN, baseURL: address });
    await page.addInitScript(watching);
    await page.goto('/');
    await page.locator('.cm-content').click();
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.insertText(text);
    await page.waitForTimeout(1500);
    await page.locator('[role=status][aria-label=Run][aria-busy=false]').waitFor({ timeout: 60_000 });
    await page.waitForTimeout(3000);
    const open = page.getByRole('button', { name: 'Open all groups' });
    if (await open.isEnabled({ timeout: 500 }).catch(() => false)) {
        await open.click();
        await page.waitForTimeout(3000);
    }
    await page.getByRole('button', { name: 'Fit the graph' }).click();
    await page.waitForTimeout(1000);
    return page;
}

/** From the start, whatever the page was doing. */
async function play(page) {
    await page.getByRole('button', { name: 'To the start' }).click();
    await page.getByRole('button', { name: 'Play', exact: true }).click();
    await page.waitForTimeout(until);
    await page.getByRole('button', { name: 'To the start' }).click();
}

/** The same program's scene as one SVG in a page of its own, moved and zoomed as a whole; four lights travel. */
async function plainSvg(nodes, source) {
    const answer = await fetch(`${address}/api/v1/trace`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ source }),
    });
    const page = await browser.newPage({ viewport: SCREEN });
    await page.addInitScript(watching);
    await page.goto('about:blank');
    await page.evaluate((svg) => (document.body.innerHTML = svg), svgOf(await answer.json(), SCREEN));
    await page.waitForTimeout(1000);
    for (const name of ['playing', 'panning', 'zooming'])
        measured[`${nodes} nodes, ${name}`]['plain SVG'] = await watch(page, () =>
            page.evaluate(moveSvg, [name, until]),
        );
    await page.close();
}

/** In the page. */
function moveSvg([name, until]) {
    const svg = document.querySelector('svg');
    const [x, y, width, height] = svg.getAttribute('viewBox').split(' ').map(Number);
    const lights = Array.from({ length: 4 }, () => {
        const light = document.createElementNS('http://www.w3.org/2000/svg', 'circle');
        light.setAttribute('r', '16');
        return svg.appendChild(light);
    });
    return new Promise((resolve) => {
        const start = performance.now();
        const tick = (now) => {
            const t = (now - start) / 1000;
            const [dx, dy] = [Math.sin(3 * t) * width * 0.14, Math.sin(4 * t) * height * 0.13];
            const k = name === 'zooming' ? 1 + 0.3 * Math.sin(3 * t) : 1;
            if (name === 'panning') svg.setAttribute('viewBox', `${x + dx} ${y + dy} ${width} ${height}`);
            if (name === 'zooming') svg.setAttribute('viewBox', `${x} ${y} ${width / k} ${height / k}`);
            if (name === 'playing')
                lights.forEach((light, i) => {
                    light.setAttribute('cx', x + width * ((t / 3 + i / 4) % 1));
                    light.setAttribute('cy', y + height / 2);
                });
            if (now - start < until) requestAnimationFrame(tick);
            else resolve();
        };
        requestAnimationFrame(tick);
    });
}
