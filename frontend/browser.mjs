/**
 * The headless Chromium that tests, benchmarks and pictures run in. The shell is the same engine without the rest of a
 * browser: a visit costs about 40 % less processor time. Widths of text are as on a screen only without its hinting.
 */
import { existsSync } from 'node:fs';

import { chromium } from '@playwright/test';

const FOUND = [
    process.env.CHROMIUM,
    '/usr/bin/chromium-headless-shell',
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path));

/** What Playwright is to start it with; its own browser where the machine has none. */
export const LAUNCH = {
    ...(FOUND === undefined ? {} : { executablePath: FOUND }),
    args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--font-render-hinting=none',
    ],
};

/** One of them, for a script. */
export const launch = () => chromium.launch(LAUNCH);
