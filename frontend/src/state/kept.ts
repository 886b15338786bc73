/** What this browser keeps for the next visit. Where it may keep nothing (private windows, full disks), nothing is kept. */

const PREFIX = 'backlight-';

export function keep(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, value);
  } catch {
    // The choice holds until the page is left.
  }
}

export function kept(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

/** A number that was kept; null where there is none. */
export function keptNumber(name: string): number | null {
  const text = kept(name);
  const number = text === null || text.trim() === '' ? NaN : Number(text);
  return Number.isFinite(number) ? number : null;
}
