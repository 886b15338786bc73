import { describe, expect, test } from 'vitest';
import { palette } from './palette';
import type { Token } from './types';

/** Relative luminance and contrast as WCAG 2.2 defines them. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

const WRITTEN: Token[] = [
  'ink',
  'ink-soft',
  'ink-faint',
  'forward',
  'backward',
  'gradient-negative',
  'update',
  'infinite',
  'problem',
];

describe.each(['light', 'dark'] as const)('%s', (theme) => {
  const colours = palette[theme];

  test.each(WRITTEN)('%s can be read on paper and on every surface', (token) => {
    for (const ground of ['paper', 'surface', 'surface-sunk'] as const) {
      expect(contrast(colours[token], colours[ground])).toBeGreaterThanOrEqual(4.5);
    }
  });

  test('borders of what is there stand out', () => {
    expect(contrast(colours['line-strong'], colours.surface)).toBeGreaterThanOrEqual(3);
  });
});

test('both themes know the same colours, as hex', () => {
  expect(Object.keys(palette.dark)).toEqual(Object.keys(palette.light));
  for (const colour of [...Object.values(palette.light), ...Object.values(palette.dark)]) {
    expect(colour).toMatch(/^#[0-9a-f]{6}$/);
  }
});
