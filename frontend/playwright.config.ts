import { defineConfig } from '@playwright/test';

import { LAUNCH } from './browser.mjs';

const port = Number(process.env.BACKLIGHT_E2E_PORT ?? 8130);
const python = process.env.PYTHON ?? '../.venv/bin/python';

export default defineConfig({
  testDir: 'e2e',
  workers: 1,
  forbidOnly: !!process.env.CI,
  reporter: [['list']],
  expect: { timeout: 10_000 },
  use: {
    baseURL: `http://127.0.0.1:${port}`,
    viewport: { width: 1440, height: 900 },
    launchOptions: LAUNCH,
  },
  webServer: {
    command: `${python} -m backlight serve --port ${port}`,
    url: `http://127.0.0.1:${port}/readyz`,
    env: { PYTHONPATH: '../app' },
    timeout: 60_000,
  },
});
