import { describe, expect, test } from 'vitest';
import { foldOf } from '../fixtures/folds';
import { expectedText, modelOf, nodeNamed, sampleNames } from '../fixtures/samples';
import { inputFor, sceneAt, textOf, withKey } from '../fixtures/scenes';
import { layoutNested } from '../layout';
import type { Model } from '../model/types';
import { buildMoving, buildScene, buildStill } from './build';
import { foldedGraph } from './group-face';
import { beatOf } from './moment';
import { sceneToText } from './text';
import type { HeatmapShape, PolylineShape, Shape, TextShape } from './types';
import { visible } from './visible';

function stepOf(model: Model, kind: string, node?: number): number {
  const found = model.steps.find((step) => step.kind === kind && (node === undefined || step.node === node));
  if (found === undefined) throw new Error(`no ${kind} step`);
  return found.index;
}

describe.each(sampleNames)('%s', (name) => {
  const model = modelOf(name);
  const end = model.steps.length - 1;

  test('looks as expected at the end', async () => {
    await expect(sceneToText(sceneAt(model, end))).toMatchFileSnapshot(expectedText(name, 'scene'));
  });

  test('has unique keys and only finite numbers at every instant', () => {
    for (let step = 0; step <= end; step += Math.max(1, Math.floor(end / 8))) {
      for (const t of [0, 0.3, 0.7, 1]) {
        const shapes = sceneAt(model, step, t);
        expect(new Set(shapes.map((shape) => shape.key)).size).toBe(shapes.length);
        const points = shapes.flatMap((shape) => ('points' in shape ? shape.points : [shape.x, shape.y]));
        expect(points.every(Number.isFinite)).toBe(true);
      }
    }
  });
});

describe('nodes', () => {
  const model = modelOf('diamond');
  const end = model.steps.length - 1;

  test('have no value before their step, and their value from then on', () => {
    const op = model.nodes.find((node) => node.kind === 'op')?.id ?? -1;
    const step = stepOf(model, 'forward', op);
    expect(textOf(sceneAt(model, step, 0), `node:${op}:value`)).toBeUndefined();
    expect(textOf(sceneAt(model, step, 1), `node:${op}:value`)).toBe(model.valueAt(op, step)?.text);
  });

  test('differ at a glance: leaf, plain input, operation', () => {
    const cut = modelOf('gallery-two-layers');
    const shapes = sceneAt(cut, cut.steps.length - 1);
    const bodyOf = (kind: string): Shape | undefined =>
      withKey(shapes, `node:${cut.nodes.find((node) => node.kind === kind)?.id}`);
    expect(bodyOf('leaf')).toMatchObject({ radius: 20, stroke: 'ink', fill: 'surface' });
    expect(bodyOf('input')).toMatchObject({ radius: 3, fill: 'surface-sunk' });
    expect(bodyOf('op')).toMatchObject({ radius: 12, stroke: 'line-strong', fill: 'surface' });
  });

  test('glow while it is their turn: cool forward, warm backward', () => {
    const op = model.nodes.find((node) => node.kind === 'op')?.id ?? -1;
    const glow = (kind: string): Shape | undefined =>
      sceneAt(model, stepOf(model, kind, op), 0.5).find(({ key }) => key.startsWith(`node:${op}:glow`));
    expect(glow('forward')).toMatchObject({ fill: 'forward' });
    expect(glow('backward')).toMatchObject({ fill: 'backward' });
  });

  test('show a gradient in a warm colour once it is known', () => {
    const op = model.nodes.find((node) => node.kind === 'op')?.id ?? -1;
    const step = stepOf(model, 'backward', op);
    expect(textOf(sceneAt(model, step - 1), `node:${op}:grad`)).toBeUndefined();
    const known = withKey(sceneAt(model, step), `node:${op}:grad`) as TextShape;
    expect(known.text).toBe(`∂ ${model.gradAt(op, step)?.text}`);
    expect(['backward', 'gradient-negative']).toContain(known.fill);
  });

  test('of a matrix carry heatmaps of value and gradient', () => {
    const layers = modelOf('gallery-two-layers');
    const weight = nodeNamed(layers, 'W1').id;
    const shapes = sceneAt(layers, layers.steps.length - 1);
    expect(withKey(shapes, `node:${weight}:cells`)).toMatchObject({ type: 'heatmap', positive: 'forward' });
    expect(withKey(shapes, `node:${weight}:grad-cells`)).toMatchObject({
      type: 'heatmap',
      positive: 'backward',
    });
    expect(withKey(sceneAt(layers, 0, 0), `node:${weight}:cells`)).toMatchObject({ type: 'rect' });
  });

  test('keep their size whatever their numbers', () => {
    const graph = foldedGraph(model, foldOf(model));
    const doubled = { ...model, values: model.values.map((value) => ({ ...value, text: '−123456.789' })) };
    expect(foldedGraph(doubled, foldOf(doubled))).toEqual(graph);
  });

  test('that are to blame are marked', () => {
    const inPlace = modelOf('in-place-error');
    const last = inPlace.steps.length - 1;
    const [culprit] = inPlace.culpritsAt(last);
    expect(withKey(sceneAt(inPlace, last), `node:${culprit}`)).toMatchObject({ stroke: 'problem' });
  });

  test('that went into what failed are named so, and keep their colours', () => {
    const raising = modelOf('raising-cells');
    const step = raising.steps.findIndex(({ kind }) => kind === 'error');
    const { id } = nodeNamed(raising, 'x');
    const shapes = sceneAt(raising, step);
    expect(textOf(shapes, `node:${id}:operand:text`)).toBe('went in');
    expect(withKey(shapes, `node:${id}`)).not.toMatchObject({ stroke: 'problem' });
    expect(withKey(sceneAt(raising, step - 1), `node:${id}:operand`)).toBeUndefined();
  });

  test('beside a selection step back where they are no relatives', () => {
    const leaf = nodeNamed(modelOf('gallery-two-layers'), 'W1');
    const layers = modelOf('gallery-two-layers');
    const shapes = sceneAt(layers, end, 1, { selection: { kind: 'node', id: leaf.id } });
    const other = nodeNamed(layers, 'W2').id;
    expect(withKey(shapes, `node:${leaf.id}:focus`)).toMatchObject({ stroke: 'focus' });
    expect(withKey(shapes, `node:${leaf.id}`)?.opacity).toBeUndefined();
    expect(withKey(shapes, `node:${other}`)?.opacity).toBeLessThan(0.5);
  });
});

describe('edges', () => {
  const model = modelOf('diamond');
  const target = model.nodes.find((node) => node.incoming.length === 2)?.id ?? -1;
  const edge = model.nodes[target]?.incoming[0] ?? -1;

  test('are neutral, then cool, then warm', () => {
    const line = (step: number): Shape | undefined => withKey(sceneAt(model, step), `edge:${edge}`);
    expect(line(0)).toMatchObject({ stroke: 'line' });
    expect(line(stepOf(model, 'forward', target))).toMatchObject({ stroke: 'forward' });
    expect(['backward', 'gradient-negative']).toContain(
      (line(stepOf(model, 'backward', target)) as { stroke?: string }).stroke,
    );
  });

  test('point to their target, and back to their source once a gradient came', () => {
    const tip = (step: number): readonly number[] =>
      (withKey(sceneAt(model, step), `edge:${edge}:head`) as PolylineShape).points.slice(0, 2);
    const step = stepOf(model, 'backward', target);
    const points = inputFor(model, step).layout.edges.get(edge)?.points ?? [];
    expect(tip(step - 1)).toEqual(points.slice(-2));
    expect(tip(step)).toEqual(points.slice(0, 2));
  });

  test('carry a pulse with its number, forwards and then back', () => {
    const yOf = (step: number, t: number): number =>
      (withKey(sceneAt(model, step, t), `flow:${edge}`) as { y: number }).y;
    const forward = stepOf(model, 'forward', target);
    expect(yOf(forward, 0.2)).toBeLessThan(yOf(forward, 0.4));
    const backward = stepOf(model, 'backward', target);
    expect(yOf(backward, 0.4)).toBeGreaterThan(yOf(backward, 0.8));
    const flow = model.steps[backward]?.flows.find((each) => each.edge === edge);
    const scalar = model.values[flow?.value ?? -1]?.scalar ?? NaN;
    expect(textOf(sceneAt(model, backward, 0.6), `flow:${edge}:number:text`)).toMatch(
      scalar > 0 ? /^\+/ : /^−/,
    );
  });

  test('have the numbers that travel above all lights, whose edges may come near', () => {
    const step = model.steps.findIndex(({ flows }) => flows.length > 1);
    const shapes = buildMoving(inputFor(model, step, 0.5));
    const lastLight = shapes.findLastIndex(({ type }) => type === 'pulse');
    const numbers = shapes.flatMap(({ key }, i) => (/^flow:\d+:number$/.test(key) ? [i] : []));
    expect(numbers.length).toBeGreaterThan(1);
    expect(Math.min(...numbers)).toBeGreaterThan(lastLight);
  });

  test('are free of pulses at the end of a step', () => {
    expect(sceneAt(model, stepOf(model, 'forward', target), 1).some(({ type }) => type === 'pulse')).toBe(
      false,
    );
  });

  test('get thicker with the gradient', () => {
    const line = modelOf('gallery-linear-regression');
    const flows = line.steps
      .filter(({ kind }) => kind === 'backward')
      .flatMap(({ index, flows: each }) => each.map(({ edge: id, value }) => ({ index, id, value })));
    const norm = (flow: (typeof flows)[number]): number => line.values[flow.value ?? 0]?.norm ?? 0;
    const byNorm = flows.toSorted((a, b) => norm(a) - norm(b));
    const width = (flow: (typeof flows)[number] | undefined): number =>
      (withKey(sceneAt(line, flow?.index ?? 0), `edge:${flow?.id}`) as { width: number }).width;
    expect(width(byNorm[0])).toBeLessThan(width(byNorm.at(-1)));
  });

  test.each(['down', 'right'] as const)('going %s, a number that travels covers no value', (direction) => {
    const { fold } = inputFor(model, 0);
    const turned = layoutNested(foldedGraph(model, fold), { direction });
    for (const { index } of model.steps.filter(({ flows }) => flows.length > 0)) {
      for (const t of [0.05, 0.2, 0.4, 0.55]) {
        const shapes = buildMoving({ ...inputFor(model, index, t), layout: turned });
        for (const number of shapes.filter(({ key }) => /^flow:\d+:number:text$/.test(key)) as TextShape[]) {
          const over = [...turned.nodes.values()].filter(
            ({ x, y, width, height }) =>
              Math.abs(number.x - x) < width / 2 - 1 && Math.abs(number.y - y) < height / 2 - 1,
          );
          expect(over).toEqual([]);
        }
      }
    }
  });

  test('that are cut are dashed and say why', () => {
    const detached = modelOf('detach');
    const cut = detached.edges.find((each) => each.cut === 'detach')?.id;
    const shapes = sceneAt(detached, detached.steps.length - 1);
    expect(withKey(shapes, `edge:${cut}`)).toMatchObject({ dash: [5, 5] });
    expect(textOf(shapes, `edge:${cut}:cut:reason`)).toBe('detached');
  });

  test('that are cut on the way to the right say why above the edge, where there is room', () => {
    const detached = modelOf('detach');
    const cut = detached.edges.find((each) => each.cut === 'detach')?.id ?? -1;
    const input = inputFor(detached, detached.steps.length - 1);
    const turned = layoutNested(foldedGraph(detached, input.fold), { direction: 'right' });
    const shapes = buildScene({ ...input, layout: turned });
    const reason = withKey(shapes, `edge:${cut}:cut:reason`) as TextShape;
    const { points = [], source = -1, target = -1 } = turned.edges.get(cut) ?? {};
    expect(reason.y).toBeLessThan(Math.min(...points.filter((_, i) => i % 2 === 1)) - 8);
    const [left, right] = [source, target].map((id) => turned.nodes.get(id)?.x ?? NaN);
    expect(reason.x).toBeCloseTo(((left ?? NaN) + (right ?? NaN)) / 2, -1);
  });

  test('from plain data have no scissors: there was no gradient to cut', () => {
    const layers = modelOf('gallery-two-layers');
    const plain = layers.edges.filter((each) => layers.nodes[each.source]?.kind === 'input');
    const shapes = sceneAt(layers, layers.steps.length - 1);
    expect(plain.length).toBeGreaterThan(0);
    expect(plain.map((each) => withKey(shapes, `edge:${each.id}:cut:reason`))).toEqual(
      plain.map(() => undefined),
    );
  });
});

test('a gradient with a NaN in it says so', () => {
  const model = modelOf('nan-gradient');
  const broken = model.steps
    .flatMap((step) => (step.kind === 'backward' ? step.flows : []))
    .find((flow) => flow.value !== null && model.values[flow.value]?.finite === false);
  const label = withKey(sceneAt(model, model.steps.length - 1), `edge:${broken?.edge}:gradient:text`);
  expect(label).toMatchObject({ text: 'NaN', fill: 'problem' });
});

describe('sums', () => {
  test('at a leaf, what was there and what is added', () => {
    const model = modelOf('accumulate-and-zero');
    const added = model.steps.find((step) => step.kind === 'accumulate' && step.change?.before !== null);
    const shapes = sceneAt(model, added?.index ?? -1, 0.5);
    expect(textOf(shapes, `sum:${added?.node}:text`)).toMatch(/^\S+ [+−] \S+ = \S+$/);
  });

  test('where branches meet, their contributions', () => {
    const model = modelOf('diamond');
    const meeting = model.steps.find((step) => {
      const out = step.node === null ? [] : (model.nodes[step.node]?.outgoing ?? []);
      return step.kind === 'backward' && out.length > 1;
    });
    expect(textOf(sceneAt(model, meeting?.index ?? -1, 0.5), `sum:${meeting?.node}:text`)).toMatch(/ = /);
  });

  test('at a leaf stands above it, where it covers none of the numbers that are added', () => {
    const model = modelOf('same-leaf-twice');
    const step = model.steps.find(
      ({ kind, node }) => kind === 'backward' && model.nodes[node ?? -1]?.kind === 'leaf',
    );
    const { layout } = inputFor(model, 0);
    const place = layout.nodes.get(step?.node ?? -1);
    const sum = withKey(sceneAt(model, step?.index ?? -1), `sum:${step?.node}:text`) as TextShape | undefined;
    expect(sum?.text).toContain('=');
    expect(sum?.y).toBeLessThan((place?.y ?? NaN) - (place?.height ?? NaN) / 2);
  });

  test('of tensors, as heatmaps on one scale that add up', () => {
    const model = modelOf('matmul-and-dot');
    const steps = model.steps.filter(({ kind, node, index }) => {
      return kind === 'backward' && node !== null && model.contributionsAt(node, index).length > 1;
    });
    const sums = steps.map(({ index, node }) =>
      sceneAt(model, index, 0.5).filter((shape): shape is HeatmapShape =>
        shape.key.startsWith(`sum:${node}:grid`),
      ),
    );
    const grids = sums.find((found) => found.length > 0) ?? [];
    expect(grids.length).toBeGreaterThan(2);
    grids.at(-1)?.levels.forEach((level, i) => {
      expect(grids.slice(0, -1).reduce((sum, { levels }) => sum + (levels[i] ?? NaN), 0)).toBeCloseTo(
        level,
        4,
      );
    });
    expect(Math.max(...grids.flatMap(({ levels }) => levels.map(Math.abs)))).toBe(1);
  });

  test('at a leaf that is used twice, before it goes into `.grad`, and while it does', () => {
    const model = modelOf('same-leaf-twice');
    const step = model.steps.find(({ kind, node, index }) => {
      const leaf = node !== null && model.nodes[node]?.kind === 'leaf';
      return kind === 'backward' && leaf && model.contributionsAt(node, index).length > 1;
    });
    const sumAt = (index = -1) => textOf(sceneAt(model, index, 0.5), `sum:${step?.node}:text`);
    expect(sumAt(step?.index)).toMatch(/ \+ .* = /);
    const into = model.steps.find(({ kind, node }) => kind === 'accumulate' && node === step?.node);
    expect(sumAt(into?.index)).toBe(sumAt(step?.index));
  });
});

describe('an iteration', () => {
  const model = modelOf('gallery-linear-regression');
  const end = model.steps.length - 1;
  const first = model.nodes.find(({ name }) => name === 'loss')?.id ?? -1;

  test('stands where the one before it stood', () => {
    const [one, other] = [0, end].map((step) => [...inputFor(model, step).layout.nodes.values()]);
    const places = (nodes: typeof one) => nodes?.map(({ x, y, width, height }) => ({ x, y, width, height }));
    expect(places(one)).toEqual(places(other));
  });

  test('is drawn without the others', () => {
    const shapes = sceneAt(model, end);
    expect(withKey(shapes, `node:${first}`)).toBeUndefined();
    expect(withKey(shapes, `node:${model.counterpart(first, end)}`)).toBeDefined();
  });

  test('does not step back for a selection in another one', () => {
    const selection = { kind: 'node', id: first } as const;
    expect(sceneAt(model, end, 1, { selection })).toEqual(sceneAt(model, end));
  });
});

describe('culling', () => {
  const model = modelOf('gallery-linear-regression');
  const input = inputFor(model, model.steps.length - 1);
  const corner = { x: input.layout.bounds.x, y: input.layout.bounds.y, width: 200, height: 200 };

  test('builds only what the viewport touches', () => {
    const all = buildScene(input);
    const some = buildScene({ ...input, viewport: corner });
    expect(some.length).toBeLessThan(all.length / 2);
    const keys = new Set(some.map(({ key }) => key));
    expect(
      visible(all, corner)
        .filter(({ key }) => !keys.has(key))
        .map(({ key }) => key),
    ).toEqual([]);
  });

  test('keeps order', () => {
    const all = buildScene(input);
    const seen = visible(all, corner);
    expect(seen).toEqual(all.filter((shape) => seen.includes(shape)));
  });
});

describe('what stands still', () => {
  const model = modelOf('scalar-chain');
  const step = stepOf(model, 'backward');

  test('stays as it is for as long as the beat of the playhead does', () => {
    const stills = new Map<string, string>();
    for (let t = 0; t <= 1; t += 0.02) {
      const beat = beatOf(model, { step, t });
      const still = JSON.stringify(buildStill(inputFor(model, step, t)));
      expect(stills.get(beat) ?? still).toBe(still);
      stills.set(beat, still);
    }
    expect(stills.size).toBeGreaterThan(1);
  });

  test('with what moves it is the whole scene', () => {
    const input = inputFor(model, step, 0.5);
    expect([...buildStill(input), ...buildMoving(input)]).toEqual(buildScene(input));
    expect(buildMoving(input).length).toBeGreaterThan(0);
  });

  test('from far away is bodies and edges alone', () => {
    const far = buildStill(inputFor(model, step, 1, { scale: 0.1 }));
    expect(far.every(({ type }) => type === 'rect' || type === 'path')).toBe(true);
    expect(far.length).toBeLessThan(buildStill(inputFor(model, step, 1)).length / 2);
  });
});
