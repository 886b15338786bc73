import { expect, test } from 'vitest';
import { modelOf } from '../fixtures/samples';
import { layoutNested } from '../layout';
import { foldOf } from '../fixtures/folds';
import { buildScene } from './build';
import { foldedGraph } from './group-face';
import { palette } from './palette';
import { toSvg } from './svg';
import type { Shape } from './types';

const bounds = { x: 0, y: 0, width: 100, height: 50 };

function text(content: string): Shape {
  const look = { size: 10, family: 'mono', weight: 400, anchor: 'start', fill: 'ink' } as const;
  return { type: 'text', key: 't', x: 1, y: 2, text: content, ...look };
}

test('what programs say is escaped', () => {
  const svg = toSvg([text(`</text><script>alert("1" & '2')</script>\u0000`)], palette.light, bounds);
  expect(svg).toContain(
    '&lt;/text&gt;&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;\u{FFFD}',
  );
  expect(svg).not.toContain('<script');
});

test('the paper has the bounds and the colour of the theme', () => {
  const svg = toSvg([], palette.dark, bounds);
  expect(svg).toContain('viewBox="0 0 100 50" width="100" height="50"');
  expect(svg).toContain(`fill="${palette.dark.paper}"`);
});

test('the paper grows where something lies beyond the bounds, and there alone', () => {
  const chip = { type: 'rect', key: 'r', x: -6.4, y: 10, w: 20, h: 10, radius: 2 } as const;
  const svg = toSvg([chip, text('twenty letters, or so')], palette.light, bounds);
  expect(svg).toContain('viewBox="-11 -8 142 58"');
});

test('a curve is a path with its stroke', () => {
  const svg = toSvg(
    [{ type: 'path', key: 'e', points: [0, 0, 0, 5.004, 9, 5, 9, 10], stroke: 'line' }],
    palette.light,
    bounds,
  );
  expect(svg).toContain('d="M0 0C0 5 9 5 9 10"');
  expect(svg).toContain('fill="none"');
});

test('every shape of a whole scene becomes an element', () => {
  const model = modelOf('gallery-two-layers');
  const fold = foldOf(model);
  const placed = layoutNested(foldedGraph(model, fold), { direction: 'right' });
  const at = { playhead: { step: 20, t: 0.5 }, selection: null, hovered: null, theme: 'light' } as const;
  const shapes = buildScene({ model, fold, layout: placed, ...at });
  const svg = toSvg(shapes, palette.light, placed.bounds);
  const lines = svg.trimEnd().split('\n');
  expect(lines.length).toBe(shapes.length + 3);
  expect(svg).not.toMatch(/NaN(?!<)|undefined/);
});
