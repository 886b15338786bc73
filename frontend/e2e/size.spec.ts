import { gzipSync } from 'node:zlib';

import { expect, test } from '@playwright/test';

import { Playground } from './page';

test('the scripts that the page begins with are within 200 KB, compressed', async ({ request }) => {
  const html = await (await request.get('/')).text();
  const addresses = [...html.matchAll(/(?:src|href)="([^"]+\.js)"/g)].map(([, address = '']) => address);
  expect(addresses.length).toBeGreaterThan(0);
  const sizes = await Promise.all(
    addresses.map(async (address) => gzipSync(await (await request.get(address)).body()).length),
  );
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(200_000);
});

test('a newcomer waits for each of the first answers once: they are asked for as the page comes', async ({
  page,
}) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await new Playground(page).open();
  const began = asked.filter((path) => path.startsWith('/api/v1/'));
  expect(began).toEqual(['/api/v1/examples', '/api/v1/examples/swing', '/api/v1/trace']);
  const script = asked.findIndex((path) => path.endsWith('.js'));
  expect(asked.indexOf('/api/v1/examples/swing')).toBeLessThan(script);
});
