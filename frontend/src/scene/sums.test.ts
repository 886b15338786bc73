import { expect, test } from 'vitest';
import { modelOf, nodeNamed } from '../fixtures/samples';
import { foldOf } from '../fixtures/folds';
import { layoutNested } from '../layout';
import { buildScene } from './build';
import { foldedGraph } from './group-face';
import { aroundSums } from './sums';
import type { SceneInput } from './types';

const model = modelOf('accumulate-and-zero');
const added = model.steps.find((step) => step.kind === 'accumulate' && step.change?.before !== null);

function keysAt(step: number, more: Partial<SceneInput> = {}): string[] {
  const fold = foldOf(model);
  const layout = layoutNested(foldedGraph(model, fold), { direction: 'down' });
  const rest = { selection: null, hovered: null, theme: 'light' } as const;
  const input = { model, fold, layout, playhead: { step, t: 1 }, ...rest, ...more };
  return buildScene(input).map(({ key }) => key);
}

test('a sum stays while the program only prints, and goes with the next step', () => {
  const at = added?.index ?? NaN;
  const sums = (step: number) => keysAt(step).filter((key) => key === `sum:${added?.node}`).length;
  expect(model.steps[at + 1]?.kind).toBe('print');
  expect(sums(at + 1)).toBe(1);
  expect(model.steps[at + 2]?.kind).not.toBe('print');
  expect(sums(at + 2)).toBe(0);
});

test('of many terms that meet their number and sum are told, of few each, also where a closed group made one line of some', () => {
  const of = modelOf('many-uses');
  const at = (name: string) => {
    const node = nodeNamed(of, name).id;
    const step = of.steps.findLast((each) => each.kind === 'backward' && each.node === node)?.index ?? NaN;
    const fold = foldOf(of, { bend: false });
    const layout = layoutNested(foldedGraph(of, fold), { direction: 'down' });
    const rest = { selection: null, hovered: null, theme: 'light' } as const;
    const scene = buildScene({ model: of, fold, layout, playhead: { step, t: 1 }, ...rest });
    return scene.find(({ key }) => key === `sum:${String(node)}:text`);
  };
  expect(at('w')).toMatchObject({ text: '0.7702 − 0.2298 + 1 = 1.54' });
  expect(at('u')).toMatchObject({ text: '5 Σ +15.89' });
});

test("the ring around a selected leaf lies behind the leaf's tab", () => {
  const node = added?.node ?? NaN;
  const keys = keysAt(added?.index ?? NaN, { selection: { kind: 'node', id: node } });
  expect(keys).toContain(`node:${node}:focus`);
  expect(keys.indexOf(`node:${node}:focus`)).toBeLessThan(keys.indexOf(`node:${node}:tab`));
});

test('around a graph is room for the heatmaps that add up beside its nodes, whatever step it is', () => {
  const of = modelOf('matmul-and-dot');
  const fold = foldOf(of);
  const layout = layoutNested(foldedGraph(of, fold), { direction: 'down' });
  const { x, y, width, height } = aroundSums(of, layout);
  const rest = { selection: null, hovered: null, theme: 'light' } as const;
  const slips = of.steps.flatMap(({ index: step }) =>
    buildScene({ model: of, fold, layout, playhead: { step, t: 1 }, ...rest }).flatMap((shape) =>
      shape.type === 'rect' && /^sum:\d+$/.test(shape.key) ? [shape] : [],
    ),
  );
  expect(slips.some((slip) => slip.y < layout.bounds.y)).toBe(true);
  for (const slip of slips) {
    expect(slip.y).toBeGreaterThanOrEqual(y);
    expect(slip.x).toBeGreaterThanOrEqual(x);
    expect(slip.x + slip.w).toBeLessThanOrEqual(x + width);
    expect(slip.y + slip.h).toBeLessThanOrEqual(y + height);
  }
});
