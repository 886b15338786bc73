/** A finger, or two: real touches, of which the browser makes taps, scrolls and pointers as it does on a phone. */
import type { CDPSession, Locator, Page } from '@playwright/test';

import { boxOf } from './page';

export interface Spot {
  readonly x: number;
  readonly y: number;
}

const FRAME_MS = 16;
const REST_MS = 60;

export class Finger {
  private constructor(
    private readonly page: Page,
    private readonly session: CDPSession,
  ) {}

  static async of(page: Page): Promise<Finger> {
    return new Finger(page, await page.context().newCDPSession(page));
  }

  async tap(at: Spot): Promise<void> {
    await this.press(at);
    await this.lift();
  }

  /** Down at one place, along a straight line to another, and up. */
  async swipe(from: Spot, to: Spot): Promise<void> {
    await this.press(from);
    await this.pull([from], [to]);
    await this.lift();
  }

  async press(...at: Spot[]): Promise<void> {
    await this.#send('touchStart', at);
    await this.page.waitForTimeout(REST_MS);
  }

  /** All fingers that are down, from where they are to somewhere else. */
  async pull(from: readonly Spot[], to: readonly Spot[], steps = 12): Promise<void> {
    for (let i = 1; i <= steps; i++) {
      const between = (a: number, b: number): number => a + ((b - a) * i) / steps;
      const points = from.map(({ x, y }, id) => ({
        x: between(x, to[id]?.x ?? x),
        y: between(y, to[id]?.y ?? y),
      }));
      await this.#send('touchMove', points);
      await this.page.waitForTimeout(FRAME_MS);
    }
  }

  async lift(): Promise<void> {
    await this.#send('touchEnd', []);
    await this.page.waitForTimeout(REST_MS);
  }

  async #send(type: 'touchStart' | 'touchMove' | 'touchEnd', at: readonly Spot[]): Promise<void> {
    const touchPoints = at.map((spot, id) => ({ ...spot, id }));
    await this.session.send('Input.dispatchTouchEvent', { type, touchPoints });
  }
}

/** A place within something, as shares of its width and height. */
export async function within(locator: Locator, right = 0.5, down = 0.5): Promise<Spot> {
  const { x, y, width, height } = await boxOf(locator);
  return { x: x + width * right, y: y + height * down };
}

export const moved = ({ x, y }: Spot, right: number, down: number): Spot => ({ x: x + right, y: y + down });
