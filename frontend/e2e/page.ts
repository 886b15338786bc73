/** What the specs do with the page, in its own words. */
import AxeBuilder from '@axe-core/playwright';
import { expect, type Locator, type Page } from '@playwright/test';

/** What axe is asked about, and which of its rules look at colours. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const ABOUT_COLOURS = ['color-contrast', 'link-in-text-block'];

export const CHAIN = `import torch

x = torch.tensor(3.0, requires_grad=True)
w = torch.tensor(-0.5, requires_grad=True)
y = x * w
z = torch.sin(y)
z.backward()
`;

export class Playground {
  readonly editor: Locator;
  readonly sentence: Locator;
  readonly inspector: Locator;
  readonly step: Locator;
  readonly status: Locator;

  constructor(readonly page: Page) {
    this.editor = page.getByRole('textbox', { name: 'Program' });
    this.sentence = page.locator('.sentence');
    this.inspector = page.getByRole('region', { name: 'Inspector' });
    this.step = page.getByRole('slider', { name: 'Step' });
    this.status = page.getByRole('status', { name: 'Run' });
  }

  async open(): Promise<void> {
    await this.page.goto('/');
    await this.ready();
  }

  /** A program has run and its picture stands. */
  async ready(): Promise<void> {
    await expect(this.status).toContainText('Ran in');
    await expect(this.page.getByRole('img', { name: /^Graph of [1-9]/ })).toBeVisible();
  }

  /** Replaces the program by typing, and waits for its run. */
  async type(source: string): Promise<void> {
    const answer = this.page.waitForResponse('**/api/v1/trace');
    await this.paste(source);
    await answer;
    await expect(this.status).toHaveAttribute('aria-busy', 'false');
  }

  /** Replaces the program without waiting for anything. */
  async paste(source: string): Promise<void> {
    await this.editor.focus();
    await this.page.keyboard.press('ControlOrMeta+a');
    await this.page.keyboard.insertText(source);
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  async pause(): Promise<void> {
    const pause = this.button('Pause');
    if (await pause.isVisible()) await pause.click();
    await expect(this.button('Play')).toBeVisible();
  }

  /** The step that the timeline stands at, from 1; 0 before the first. */
  async stepNumber(): Promise<number> {
    return Number(await this.step.inputValue());
  }

  async lastStep(): Promise<number> {
    return Number(await this.step.getAttribute('max'));
  }

  /** The node of the stage that has this title, in the list that goes with the picture. */
  node(title: string): Locator {
    return this.page.getByRole('list', { name: 'Nodes' }).getByRole('button', { name: title, exact: true });
  }

  /** What a name in the table of leaves has: value and `.grad`. */
  leaf(name: string): Locator {
    return this.inspector
      .getByRole('row')
      .filter({ has: this.page.getByRole('button', { name, exact: true }) });
  }
}

type Box = NonNullable<Awaited<ReturnType<Locator['boundingBox']>>>;

/** Where something is, as soon as it is to be seen; what is drawn anew in that moment is asked again. */
export async function boxOf(locator: Locator): Promise<Box> {
  let found: Box | null = null;
  await expect(async () => {
    found = await locator.boundingBox();
    expect(found).not.toBeNull();
  }).toPass();
  return found ?? Promise.reject(new Error('it is not to be seen'));
}

/** What axe finds wrong with the page as it is: by its rules about colours in the dark, by all of them in the light. */
export async function faults(page: Page): Promise<unknown[]> {
  const axe = () => new AxeBuilder({ page }).setLegacyMode(); // the other mode is for frames, which the page has none of
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = await axe().withRules(ABOUT_COLOURS).analyze();
  await page.emulateMedia({ colorScheme: 'light' });
  const light = await axe().withTags(TAGS).analyze();
  return [...dark.violations, ...light.violations];
}
