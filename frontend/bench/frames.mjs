// Frame times of the stage's drawing while playing, panning and zooming, of a plain SVG of the same scene, and of the
// page itself in a training loop, in a real browser.
// In: the page's address, the seconds for each, a file to write.
// Out, in that file: JSON, by case and contender {"intervals": [...ms], "work": [...ms]}.

import { readFileSync, writeFileSync } from 'node:fs';

import { launch } from '../browser.mjs';
import { built } from './load.mjs';

const SIDES = { 100: 10, 1000: 32, 5000: 70 };
/** Of each motion, before it counts. */
const WARM_UP_MS = 1000;
const MOTIONS = ['playing', 'panning', 'zooming'];
const SCREEN = { width: 1440, height: 900 };

const [address, seconds, file] = process.argv.slice(2);
const module = await built('src/fixtures/still.ts');
const { svgOf } = await import(module);
const code = readFileSync(new URL(module), 'utf8');
const browser = await launch();

/**
 * As many chains as each has operations, added up in the end: about `side` squared nodes, all in sight when fitted. No
 * two chains are alike, as what repeats itself would be shown one turn at a time.
 */
function program(side) {
    const lines = ['import torch'];
    for (let i = 0; i < side; i++) {
        const calls = Array.from({ length: side - 2 }, (_, k) =>
            ((i + 1) >> (k % 7)) & 1 ? '.sin()' : '.cos()',
        );
        const half = calls.length >> 1;
        lines.push(`x${i} = torch.tensor(${0.1 + i / 100}, requires_grad=True)`);
        lines.push(`y${i} = x${i}${calls.slice(0, half).join('')}`);
        lines.push(`z${i} = y${i}${calls.slice(half).join('')}`);
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
    const answer = await ask(program(side));
    await stage(nodes, answer);
    await plainSvg(nodes, answer);
}
const loop = await opened(LOOP);
measured['the page, 500 iterations, playing'] = { Backlight: await watch(loop, () => play(loop)) };
measured['the page, 500 iterations, panning'] = { Backlight: await watch(loop, () => pan(loop)) };
measured['the page, 500 iterations, zooming'] = { Backlight: await watch(loop, () => zoom(loop)) };
await browser.close();
writeFileSync(file, JSON.stringify(measured));

async function ask(source) {
    const answer = await fetch(`${address}/api/v1/trace`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ source }),
    });
    return answer.json();
}

/** The stage's drawing alone, of a graph with nothing folded and everything in sight. */
async function stage(nodes, doc) {
    const page = await browser.newPage({ viewport: SCREEN });
    await page.addInitScript(watching);
    await page.goto('about:blank');
    await page.addScriptTag({ content: code, type: 'module' });
    const shown = await page.evaluate(
        ([given, screen]) => (globalThis.stage = globalThis.drawn.start(given, screen)).nodes,
        [doc, SCREEN],
    );
    if (shown < 0.9 * Number(nodes)) throw new Error(`${shown} nodes are in sight in place of ${nodes}`);
    for (const name of MOTIONS) {
        await page.evaluate(moveStage, [name, WARM_UP_MS]);
        const found = await watch(page, () => page.evaluate(moveStage, [name, until]));
        measured[`${nodes} nodes, ${name}`] = { Backlight: found };
    }
    await page.close();
}

/** In the page. */
function moveStage([name, until]) {
    return new Promise((resolve) => {
        const start = performance.now();
        const tick = (now) => {
            globalThis.stage.frame(name, Math.max(0, now - start));
            if (now - start < until) requestAnimationFrame(tick);
            else resolve();
        };
        requestAnimationFrame(tick);
    });
}

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
async function plainSvg(nodes, doc) {
    const page = await browser.newPage({ viewport: SCREEN });
    await page.addInitScript(watching);
    await page.goto('about:blank');
    await page.evaluate((svg) => (document.body.innerHTML = svg), svgOf(doc, SCREEN));
    await page.waitForTimeout(1000);
    for (const name of MOTIONS)
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
