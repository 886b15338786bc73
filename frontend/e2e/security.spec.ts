import { expect, type Page, test } from '@playwright/test';

import { CHAIN, Playground } from './page';

/** What the page's security policy stops, and what the console reports, from now on. */
async function complaints(page: Page): Promise<string[]> {
  const found: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) found.push(message.text());
  });
  page.on('pageerror', (error) => found.push(String(error)));
  await page.exposeFunction('tellViolation', (text: string) => found.push(text));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const { tellViolation } = window as unknown as { tellViolation: (text: string) => void };
      tellViolation(
        `${event.violatedDirective}: ${event.blockedURI} at ${event.sourceFile}:${event.lineNumber}`,
      );
    });
  });
  return found;
}

test('the page needs nothing that its security policy forbids', async ({ page }) => {
  const found = await complaints(page);
  const playground = new Playground(page);
  await playground.open();
  await playground.type(CHAIN);
  await playground.pause();
  await playground.node('y = mul').evaluate((button: HTMLElement) => button.click());
  await playground.button('Examples').click();
  await expect(page.getByRole('menu', { name: 'Examples' })).toBeVisible();
  await page.keyboard.press('Escape');
  await playground.paste(CHAIN.replace('z.backward()', 'z.backward(\n'));
  await expect(playground.status).toContainText('Line');
  expect(found.filter((each) => !each.includes('422'))).toEqual([]);
});

test('the policy forbids scripts in the page', async ({ page }) => {
  await new Playground(page).open();
  const ran = await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'document.title = "taken over"';
    document.body.append(script);
    return document.title;
  });
  expect(ran).toBe('Backlight');
});

test('the documentation of the interface needs nothing that its security policy forbids', async ({
  page,
}) => {
  const found = await complaints(page);
  await page.goto('/docs');
  await page.getByRole('button', { name: /^POST \/api\/v1\/trace/ }).click();
  await expect(page.getByText('Too Many Requests').first()).toBeVisible();
  expect(found).toEqual([]);
});
