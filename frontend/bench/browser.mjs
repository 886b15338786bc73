// A headless Chromium for measurements: the machine's, where there is one.

import { existsSync } from 'node:fs';

import { chromium } from '@playwright/test';

const ARGUMENTS = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
];

export function launch() {
    const found = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser'].find(
        (path) => path && existsSync(path),
    );
    return chromium.launch({ ...(found ? { executablePath: found } : {}), args: ARGUMENTS });
}
