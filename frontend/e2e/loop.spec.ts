import { expect, test } from '@playwright/test';
import { Playground } from './page';

const LOOP = `import torch

w = torch.tensor(1.0, requires_grad=True)
for _ in range(3):
    loss = (w - 3) ** 2
    loss.backward()
    w.data -= 0.25 * w.grad
    w.grad = None
`;

/** The list of nodes is there for screen readers and keyboards; a pointer finds nothing to press. */
const press = (button: HTMLElement): void => button.click();

test('a selection goes along to the iteration that is shown', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(LOOP);
  await playground.button('To the start').click();
  await playground.node('loss = pow').evaluate(press);
  await playground.button('To the end').click();
  await expect(playground.node('loss = pow')).toHaveAttribute('aria-pressed', 'true');
  await expect(playground.inspector).toContainText('0.25');
});

test('the list has the nodes of the iteration that is shown', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(LOOP);
  await playground.button('To the end').click();
  await expect(playground.node('loss = pow')).toHaveCount(1);
  await expect(page.getByRole('img', { name: 'Graph of 3 nodes and 2 edges' })).toBeVisible();
});

test('a node of another iteration takes the playhead there', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.type(LOOP);
  await playground.button('To the end').click();
  const last = await playground.lastStep();
  await playground.leaf('w').getByRole('button').click();
  await playground.inspector.getByRole('button', { name: /^sub, iteration 1 / }).click();
  await expect.poll(() => playground.stepNumber()).toBeLessThan(last / 2);
  await expect(playground.node('sub')).toHaveAttribute('aria-pressed', 'true');
});
