import { describe, expect, test } from 'vitest';
import { foldOf, groupedDiamond, groupNamed } from '../fixtures/folds';
import { largeModel } from '../fixtures/large';
import { modelOf } from '../fixtures/samples';
import { layoutNested } from '../layout';
import { pointAt } from '../layout/curves';
import type { Model } from '../model/types';
import { buildScene } from './build';
import { foldedGraph, groupFace, headerWords } from './group-face';
import type { PolylineShape, RectShape, Shape, TextShape } from './types';

const model = largeModel('gpt2-12');

function sceneOf(of: Model, step: number, choices: Record<string, boolean> = {}, t = 1): Shape[] {
  const fold = foldOf(of, choices, step);
  const layout = layoutNested(foldedGraph(of, fold), { direction: 'down' });
  const playhead = { step, t };
  return buildScene({ model: of, fold, layout, playhead, selection: null, hovered: null, theme: 'light' });
}

function text(shapes: readonly Shape[], key: string): string | undefined {
  return (shapes.find((shape) => shape.key === key) as TextShape | undefined)?.text;
}

const { id, members } = groupNamed(foldOf(model).grouping, 'h.4');
const inside = model.steps.filter(({ node }) => node !== null && members.includes(node));

describe('a closed group', () => {
  test('says what it is, how much is in it, and what comes out of it', () => {
    const shapes = sceneOf(model, model.steps.length - 1);
    expect(text(shapes, `group:${id}:name`)).toBe('h.4');
    expect(text(shapes, `group:${id}:type`)).toBe('GPT2Block');
    expect(text(shapes, `group:${id}:count`)).toBe('37 operations · 1×8×24');
    expect(text(shapes, `group:${id}:grad`)).toMatch(/^∂ ± norm /);
  });

  test('counts what comes out of it where that are several', () => {
    const diamond = groupedDiamond([1, 2, 3]);
    const fold = foldOf(diamond, { f: false });
    const [group] = [...fold.items.values()].filter((item) => item.kind === 'group');
    expect(group && groupFace(diamond, group)).toMatchObject({ shape: '2 outputs', gradient: false });
  });

  test('counts tensors where nothing is computed in it', () => {
    const group = groupNamed(foldOf(model).grouping, 'h.4');
    const made = { ...group, operations: 0, members: group.members.slice(0, 3) };
    expect(headerWords(made).map((word) => word.text)).toEqual(['h.4', 'GPT2Block', '3 tensors']);
  });

  test('is as large before it ran as after, so that nothing moves', () => {
    const fold = foldOf(model);
    expect(foldedGraph(model, fold)).toEqual(foldedGraph(model, foldOf(model, {}, model.steps.length - 1)));
  });

  test('lights up while anything in it runs, and shows how far it is', () => {
    const { index = -1 } = inside[20] ?? {};
    const shapes = sceneOf(model, index, {}, 0.9);
    expect(shapes.some(({ key }) => key === `group:${id}:glow2`)).toBe(true);
    const width = (key: string): number =>
      (shapes.find((shape) => shape.key === key) as RectShape | undefined)?.w ?? 0;
    const share = width(`group:${id}:done`) / width(`group:${id}:progress`);
    expect(share).toBeGreaterThan(0.2);
    expect(share).toBeLessThan(0.9);
  });

  test('takes what travels in and gives what travels out, inside it nothing is to be seen', () => {
    const fold = foldOf(model);
    const flows = (step: number): Shape[] =>
      sceneOf(model, step, {}, 0.3).filter(({ type, key }) => type === 'pulse' && key.startsWith('flow:'));
    const entering = inside.find(
      ({ flows: [flow], kind }) => kind === 'forward' && flow && fold.edgeOf(flow.edge) !== null,
    );
    const within = inside.find(
      ({ flows: [flow], kind }) => kind === 'forward' && flow && fold.edgeOf(flow.edge) === null,
    );
    expect(flows(entering?.index ?? -1)).toHaveLength(1);
    expect(flows(within?.index ?? -1)).toHaveLength(0);
  });
});

test('a light on its way along several edges that are drawn as one tells how many gradients go, and then their sum', () => {
  const [out, into] = [groupedDiamond([1, 2, 3]), groupedDiamond([2, 3, 4])];
  const step = out.steps.find(({ kind, node }) => kind === 'backward' && node === 4)?.index ?? -1;
  expect(text(sceneOf(out, step, { f: false }, 0.6), 'flow:3:number:text')).toBe('2 ∂ ‖3.34‖');
  const end = sceneOf(into, into.steps.length - 1, { f: false });
  expect(text(end, 'edge:1:gradient:text')).toBe('2 Σ +3');
});

test('of several values that go along one line each is told, or how many they are where that is long', () => {
  const of = groupedDiamond([1, 2, 3]);
  const step = of.steps.find(({ kind, node }) => kind === 'forward' && node === 4)?.index ?? -1;
  const number = (model: Model) => text(sceneOf(model, step, { f: false }, 0.3), 'flow:3:number:text');
  expect(number(of)).toBe('3.297, 0.5');
  const long = of.values.map((value) => ({ ...value, scalar: -1.2345e22, text: '-1.2345e+22' }));
  expect(number({ ...of, values: long })).toBe('2 values');
});

test('an open group is a box with a header around what is in it', () => {
  const shapes = sceneOf(model, -1, { 'h.4': true });
  expect(text(shapes, `box:${id}:name`)).toBe('h.4');
  expect(text(shapes, `box:${id}:type`)).toBe('GPT2Block');
  expect(shapes.some(({ key }) => key === `group:${id}`)).toBe(false);
});

test('edges go under the title of an open group', () => {
  const keys = sceneOf(model, model.steps.length - 1, { 'h.4': true }).map(({ key }) => key);
  const lastLine = keys.findLastIndex((key) => /^edge:\d+$/.test(key));
  expect(keys.indexOf(`box:${id}`)).toBeLessThan(lastLine);
  expect(keys.indexOf(`box:${id}:ground`)).toBeGreaterThan(lastLine);
  expect(keys.indexOf(`box:${id}:name`)).toBeGreaterThan(keys.indexOf(`box:${id}:ground`));
});

test('beside the last letter of a title edges are whole, and none runs between its words', () => {
  const shapes = sceneOf(model, -1, { 'h.4': true });
  const titled = shapes.filter(({ key }) => key.startsWith(`box:${id}:`));
  const words = titled.filter((shape): shape is TextShape => shape.type === 'text');
  expect(words.map(({ halo }) => halo)).toEqual(['paper', 'paper', 'paper']);
  const ground = titled.find(({ key }) => key === `box:${id}:ground`) as RectShape;
  const { points = [] } = titled.find(({ key }) => key === `box:${id}:minus:across`) as PolylineShape;
  expect(ground.x).toBeLessThan(Math.min(...points.filter((_, i) => i % 2 === 0)));
  const last = words.at(-1);
  expect(ground.x + ground.w).toBeGreaterThan(last?.x ?? Infinity);
  expect(ground.x + ground.w).toBeLessThan(
    (last?.x ?? 0) + (last?.text.length ?? 0) * (last?.size ?? 0) * 0.5,
  );
});

test('numbers of parallel edges are on them', () => {
  const twice = modelOf('same-leaf-twice');
  for (const direction of ['down', 'right'] as const) {
    const fold = foldOf(twice);
    const layout = layoutNested(foldedGraph(twice, fold), { direction });
    const playhead = { step: twice.steps.length - 1, t: 1 };
    const looks = { selection: null, hovered: null, theme: 'light' } as const;
    const shapes = buildScene({ model: twice, fold, layout, playhead, ...looks });
    const parallel = [...fold.edges.values()].filter((edge) => fold.siblingsOf(edge).length > 1);
    expect(parallel.length).toBeGreaterThan(1);
    const slips = parallel.map((edge) => {
      const slip = shapes.find(({ key }) => key === `edge:${edge.id}:gradient`) as RectShape;
      const middle = pointAt(layout.edges.get(edge.id)?.points ?? [], 0.5);
      expect(Math.abs(slip.x + slip.w / 2 - middle.x)).toBeLessThanOrEqual(slip.w / 2 + 2);
      expect(Math.abs(slip.y + slip.h / 2 - middle.y)).toBeLessThanOrEqual(slip.h / 2 + 2);
      return slip;
    });
    for (const [i, a] of slips.entries())
      for (const b of slips.slice(i + 1))
        expect(Math.abs(a.x - b.x) >= (a.w + b.w) / 2 || Math.abs(a.y - b.y) >= a.h).toBe(true);
  }
});

test('the faces of a shared leaf light up together, and share what comes back', () => {
  const end = sceneOf(model, model.steps.length - 1);
  const shared = foldOf(model).facesOf(2);
  const grads = shared.map((face) => text(end, `node:${face}:grad`));
  expect(grads).toHaveLength(2);
  expect(new Set(grads).size).toBe(1);
  const step = model.steps.find(({ kind, node }) => kind === 'accumulate' && node === 2)?.index ?? -1;
  const lit = sceneOf(model, step, {}, 0.9);
  for (const face of shared) expect(lit.some(({ key }) => key === `node:${face}:glow2`)).toBe(true);
});

test('what a backward pass made stands on a ground of its own', () => {
  const shapes = sceneOf(modelOf('second-derivative'), -1);
  const boxes = shapes.filter(
    (shape): shape is RectShape => shape.type === 'rect' && /^box:\d+$/.test(shape.key),
  );
  expect(boxes.map(({ fill }) => fill)).toEqual(['layer']);
});

test('what an earlier pass left on an edge steps back once another pass began', () => {
  const twice = modelOf('second-derivative');
  const [first = -1, second = -1] = [0, 1].map(
    (pass) => twice.steps.findLast((step) => step.kind === 'backward' && step.pass === pass)?.index,
  );
  const left = twice.steps.flatMap(({ pass, flows }) => (pass === 0 ? flows.map(({ edge }) => edge) : []));
  const again = new Set(
    twice.steps.flatMap(({ pass, flows }) => (pass === 1 ? flows.map(({ edge }) => edge) : [])),
  );
  const alone = left.filter((edge) => !again.has(edge));
  const opacity = (step: number, edge: number) =>
    sceneOf(twice, step).find(({ key }) => key === `edge:${edge}`)?.opacity ?? 1;
  for (const edge of left) expect(opacity(first, edge)).toBeGreaterThan(0.5);
  for (const edge of alone) expect(opacity(second, edge)).toBeLessThan(0.5);
  for (const edge of again) expect(opacity(second, edge)).toBeGreaterThan(0.5);
});
