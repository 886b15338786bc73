// From a hand that pulls at a number to the new picture, in a real browser. In: the page's address, a program's file,
// the seconds to pull, a file to write. Out, in that file: JSON, milliseconds of each picture that was painted, from
// the input that asked for it, what of that went by before its request was sent and since it was answered, of each number
// that the inspector told, and of the requests; and what went wrong.

import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

import { launch } from '../browser.mjs';

/** The number that is pulled is in the line with this name, whose node shows it on the stage. It has so many digits
 * that no other number of the picture is taken for it. */
const NAME = 'b';
const FROM = 0.1037;
const [BEFORE, NUMBER] = ['b = torch.tensor(0.1,', `b = torch.tensor(${FROM},`];
const UNIT_PX = 3;
const HERTZ = 60;

const [address, program, seconds, file] = process.argv.slice(2);
const browser = await launch();
const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, baseURL: address });

/** Notes when the hand was where which number is, and when that was first painted: read off the texts that the page draws. */
await page.addInitScript(() => {
    const asked = new Map();
    const painted = [];
    const told = [];
    const requests = [];
    const [waited, shown] = [[], []];
    /** By number: when its request was sent, and answered. */
    const sent = new Map();
    const answered = new Map();
    const drawn = new Set();
    let newest = 0;
    globalThis.dragged = {
        painted,
        told,
        requests,
        waited,
        shown,
        stale: 0,
        asked: () => asked.size,
        numberAt: () => null,
    };
    const note = (event) => {
        const number = event.buttons ? globalThis.dragged.numberAt(event.clientX) : null;
        if (number !== null && !asked.has(number)) asked.set(number, event.timeStamp);
    };
    for (const kind of ['pointerrawupdate', 'pointermove']) addEventListener(kind, note, true);
    const { fillText } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
        const key = text.replace('−', '-');
        const at = asked.get(key);
        if (at !== undefined && !drawn.has(key)) {
            drawn.add(key);
            if (at < newest) globalThis.dragged.stale++;
            newest = at;
            afterTask(() => {
                const now = performance.now();
                painted.push(now - at);
                if (!answered.has(key)) return;
                waited.push(sent.get(key) - at);
                shown.push(now - answered.get(key));
            });
        }
        return fillText.call(this, text, ...rest);
    };
    new MutationObserver((changes) => {
        for (const { target } of changes) {
            const at = asked.get(target.data?.replace('−', '-'));
            if (at === undefined || !target.parentElement.closest('.inspector')) continue;
            requestAnimationFrame(() => afterTask(() => told.push(performance.now() - at)));
        }
    }).observe(document, { subtree: true, characterData: true });
    /** In a frame: once it is drawn. */
    function afterTask(act) {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = act;
        port2.postMessage(null);
    }
    const numberIn = (body) => String(Number(/\\nb = torch\.tensor\(([^,]+),/.exec(body)?.[1]));
    /** Notes when a request is sent; what it gives is to be called at the answer. */
    const ask = (body) => {
        const start = performance.now();
        sent.set(numberIn(body), start);
        return () => {
            answered.set(numberIn(body), performance.now());
            requests.push(performance.now() - start);
        };
    };
    const { fetch } = globalThis;
    globalThis.fetch = async (...given) => {
        if (!String(given[0]).endsWith('/trace')) return fetch(...given);
        const isAnswered = ask(given[1].body);
        const answer = await fetch(...given);
        isAnswered();
        return answer;
    };
    globalThis.WebSocket = class extends WebSocket {
        #isAnswered = () => undefined;
        constructor(address) {
            super(address);
            this.addEventListener('message', () => this.#isAnswered());
        }
        send(body) {
            this.#isAnswered = ask(body);
            super.send(body);
        }
    };
});

await page.goto('/');
await page.locator('.cm-content').click();
await page.keyboard.press('ControlOrMeta+A');
await page.keyboard.insertText(readFileSync(program, 'utf8').replace(BEFORE, NUMBER));
await page.waitForTimeout(1500);
await page.keyboard.press('Escape');
await page.getByRole('region', { name: 'Timeline' }).getByRole('button', { name: 'To the end' }).click();
const number = page.locator('.cm-line', { hasText: new RegExp(`^${NAME} = `) }).locator('.cm-pull');
const box = await number.boundingBox();
const y = box.y + box.height / 2;
await page.mouse.move(box.x + 4, y);
// As the page writes it: a unit of the last digit for each three pixels.
await page.evaluate(
    ([x, from, px]) => {
        globalThis.dragged.numberAt = (at) =>
            String(Number((from + Math.round((at - x) / px) / 1e4).toFixed(4)));
    },
    [box.x + 4, FROM, UNIT_PX],
);
await page.mouse.down();
// Straight to the browser: `page.mouse` waits until a movement was looked at, and so moves less often than a hand does.
const hand = await page.context().newCDPSession(page);
const start = Date.now();
for (let i = 1; Date.now() - start < Number(seconds) * 1000; i++) {
    // Ever another number, so that what is painted can be told apart.
    const x = box.x + 4 + UNIT_PX * i;
    await hand.send('Input.dispatchMouseEvent', { type: 'mouseMoved', x, y, button: 'left', buttons: 1 });
    await setTimeout(Math.max(0, start + (i * 1000) / HERTZ - Date.now()));
}
await page.mouse.up();
await page.waitForTimeout(500);
const health = await page.evaluate(async () => {
    const times = [];
    for (let i = 0; i < 40; i++) {
        const start = performance.now();
        await (await fetch('/healthz', { cache: 'no-store' })).text();
        times.push(performance.now() - start);
    }
    return times;
});
const measured = await page.evaluate(() => ({ ...globalThis.dragged, asked: globalThis.dragged.asked() }));
await browser.close();
writeFileSync(file, JSON.stringify({ ...measured, health }));
