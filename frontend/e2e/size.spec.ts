import { gzipSync } from 'node:zlib';

import { expect, test } from '@playwright/test';

test('the scripts that the page begins with are within 200 KB, compressed', async ({ request }) => {
  const html = await (await request.get('/')).text();
  const addresses = [...html.matchAll(/(?:src|href)="([^"]+\.js)"/g)].map(([, address = '']) => address);
  expect(addresses.length).toBeGreaterThan(0);
  const sizes = await Promise.all(
    addresses.map(async (address) => gzipSync(await (await request.get(address)).body()).length),
  );
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(200_000);
});
