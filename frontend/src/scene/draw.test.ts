import { describe, expect, test } from 'vitest';
import { cellsOf } from './cells';
import { draw, type Draws } from './draw';
import { palette } from './palette';
import type { Shape, TextShape } from './types';

/** A canvas that writes down what is asked of it. */
function notebook(): { ctx: Draws; calls: string[] } {
  const calls: string[] = [];
  const state: Record<string, unknown> = {};
  const ctx = new Proxy(state, {
    get: (target, name: string) =>
      name in target
        ? target[name]
        : (...args: unknown[]) => {
            calls.push(`${name}(${args.join(', ')})`);
          },
    set: (target, name: string, value) => {
      target[name] = value;
      calls.push(`${name} = ${String(value)}`);
      return true;
    },
  });
  return { ctx: ctx as unknown as Draws, calls };
}

function callsFor(shape: Shape, scale = 1): string[] {
  const { ctx, calls } = notebook();
  draw(ctx, [shape], palette.light, { scale, x: 10, y: 20 });
  return calls;
}

const label: TextShape = {
  type: 'text',
  key: 'a',
  x: 5,
  y: 10,
  text: 'x',
  size: 20,
  family: 'mono',
  weight: 500,
  anchor: 'middle',
  fill: 'ink',
  minScale: 0.5,
};

describe('draw', () => {
  test('applies the view and leaves the canvas as it was', () => {
    const calls = callsFor(label, 2);
    expect(calls.slice(0, 3)).toEqual(['save()', 'translate(10, 20)', 'scale(2, 2)']);
    expect(calls.at(-1)).toBe('restore()');
  });

  test('has no line vanish from afar', () => {
    const line: Shape = {
      type: 'polyline',
      key: 'e',
      points: [0, 0, 9, 9],
      stroke: 'line',
      width: 1.5,
      closed: false,
    };
    expect(callsFor(line, 1)).toContain('lineWidth = 1.5');
    expect(callsFor(line, 0.1)).toContain('lineWidth = 7.5');
  });

  test('writes text on its baseline, over its halo', () => {
    const calls = callsFor({ ...label, halo: 'paper' });
    expect(calls).toContain('textAlign = center');
    expect(calls.indexOf('strokeText(x, 5, 17)')).toBeLessThan(calls.indexOf('fillText(x, 5, 17)'));
  });

  test('leaves out what is too small to read', () => {
    expect(callsFor(label, 0.4).some((call) => call.startsWith('fillText'))).toBe(false);
  });

  test('strokes curves with their dash, and fills only what has a fill', () => {
    const calls = callsFor({
      type: 'path',
      key: 'e',
      points: [0, 0, 0, 5, 9, 5, 9, 10],
      stroke: 'line',
      dash: [5, 5],
    });
    expect(calls).toContain('bezierCurveTo(0, 5, 9, 5, 9, 10)');
    expect(calls).toContain('setLineDash(5,5)');
    expect(calls).toContain(`strokeStyle = ${palette.light.line}`);
    expect(calls).not.toContain('fill()');
  });

  test('draws polylines, ellipses and rectangles', () => {
    const closed: Shape = {
      type: 'polyline',
      key: 'p',
      points: [0, 0, 4, 4, 0, 4],
      closed: true,
      fill: 'ink',
    };
    expect(callsFor(closed)).toEqual(expect.arrayContaining(['lineTo(4, 4)', 'closePath()', 'fill()']));
    const round: Shape = { type: 'ellipse', key: 'o', x: 1, y: 2, rx: 3, ry: 4, fill: 'ink' };
    expect(callsFor(round)).toContain(`ellipse(1, 2, 3, 4, 0, 0, ${2 * Math.PI})`);
    const box: Shape = { type: 'rect', key: 'r', x: 0, y: 0, w: 10, h: 6, radius: 99, fill: 'ink' };
    expect(callsFor(box)).toContain('roundRect(0, 0, 10, 6, 3)');
  });

  test('fills the cells of a heatmap by sign, and marks the negative and the broken', () => {
    const map = { type: 'heatmap', key: 'h', x: 0, y: 0, w: 30, h: 10, rows: 1, columns: 3 } as const;
    const tones = { positive: 'forward', negative: 'value-negative', ground: 'surface-sunk' } as const;
    const calls = callsFor({ ...map, ...tones, levels: [1, -1, NaN] });
    const fills = calls.filter((call) => call.startsWith('fillStyle'));
    const { light } = palette;
    const used = [
      light.line,
      light['surface-sunk'],
      light.forward,
      light['value-negative'],
      light.ink,
      light.problem,
    ];
    expect(fills).toEqual(used.map((colour) => `fillStyle = ${colour}`));
  });

  test('gives infinities a hue of their own, with their sign', () => {
    const map = { type: 'heatmap', key: 'h', x: 0, y: 0, w: 20, h: 10, rows: 1, columns: 2 } as const;
    const tones = { positive: 'forward', negative: 'value-negative', ground: 'surface-sunk' } as const;
    const [plus, minus] = cellsOf({ ...map, ...tones, levels: [Infinity, -Infinity] });
    expect([plus?.fill, minus?.fill]).toEqual(['infinite', 'infinite']);
    expect([plus?.bars.length, minus?.bars.length]).toEqual([2, 1]);
    const small = cellsOf({ ...map, ...tones, w: 8, h: 4, levels: [Infinity, -Infinity] });
    expect(small.flatMap(({ bars }) => bars)).toEqual([]);
  });

  test('draws a pulse as rings of light around its core', () => {
    const calls = callsFor({ type: 'pulse', key: 'p', x: 0, y: 0, r: 5, fill: 'forward' });
    const radii = calls
      .filter((call) => call.startsWith('ellipse'))
      .map((call) => Number(call.split(', ')[2]));
    expect(radii.at(-1)).toBe(5);
    expect(radii).toEqual(radii.toSorted((a, b) => b - a));
  });
});
