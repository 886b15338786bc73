import { describe, expect, test } from 'vitest';
import { foldOf, groupedSample, groupingOf, groupNamed, unfolded } from '../fixtures/folds';
import { largeModel } from '../fixtures/large';
import { expectedText, modelOf, nodeNamed, sampleNames } from '../fixtures/samples';
import type { Fold, Model } from '.';
import { foldShown } from './fold';
import { openGroups } from './opening';
import { foldToText } from './text';

/** What every fold promises. */
function holds(model: Model, fold: Fold): void {
  for (const { source, target, edges } of fold.edges.values()) {
    expect(fold.items.has(source) && fold.items.has(target)).toBe(true);
    for (const edge of edges) {
      expect(fold.facesOf(model.edges[edge]?.source ?? -1)).toContain(source);
      expect(fold.facesOf(model.edges[edge]?.target ?? -1)).toContain(target);
    }
  }
  for (const { box } of [...fold.items.values(), ...fold.boxes.values()]) {
    if (box !== null) expect(fold.boxes.has(box)).toBe(true);
  }
}

describe.each(sampleNames)('%s', (name) => {
  const model = modelOf(name);

  test('folds as expected', async () => {
    const fold = foldOf(model);
    holds(model, fold);
    await expect(foldToText(fold)).toMatchFileSnapshot(expectedText(name, 'fold'));
  });

  test('shows every node and every edge when all is open', () => {
    const fold = unfolded(model);
    for (const node of model.shownAt(-1).nodes) expect(fold.visibleOf(node)).not.toBeNull();
    const folded = model.nodes.filter((node) => node.folded).length;
    const drawn = new Set(
      [...fold.items.values()].flatMap((item) => (item.kind === 'node' ? item.node.id : [])),
    );
    expect(drawn.size + folded).toBe(model.shownAt(-1).nodes.length);
  });
});

describe('GPT-2 with twelve layers', () => {
  const model = largeModel('gpt2-12');
  const first = foldOf(model);

  test('opens as embedding, blocks and head: at most forty faces', () => {
    holds(model, first);
    expect(first.items.size).toBeLessThanOrEqual(40);
    const faces = [...first.items.values()].flatMap((item) => (item.kind === 'group' ? item.group.name : []));
    expect(faces).toEqual([...Array.from({ length: 12 }, (_, i) => `h.${i}`), 'ln_f', 'lm_head']);
  });

  test('leads to any operation within three opened groups', () => {
    expect(mostToOpen(model)).toBeLessThanOrEqual(3);
  });

  test('opens a block, and in it its attention', () => {
    const block = foldOf(model, { 'h.3': true });
    holds(model, block);
    const { id } = groupNamed(block.grouping, 'h.3');
    expect(block.boxes.has(id)).toBe(true);
    const inside = [...block.items.values()].filter(({ box }) => box === id);
    expect(inside.map((item) => (item.kind === 'group' ? item.group.name : item.node.label))).toEqual([
      'attn',
      'add',
      'mlp',
      'add',
    ]);
    const attention = foldOf(model, { 'h.3': true, 'h.3/attn': true });
    expect(
      [...attention.items.values()].some((item) => item.kind === 'node' && item.node.label === 'split'),
    ).toBe(true);
  });

  test('lifts the two ways into a block to one edge that knows both', () => {
    const [one, other] = ['h.0', 'h.1'].map((name) => groupNamed(first.grouping, name).id);
    const between = [...first.edges.values()].filter(
      ({ source, target }) => source === one && target === other,
    );
    expect(between.map(({ edges }) => edges.length)).toEqual([2]);
    for (const edge of between[0]?.edges ?? []) expect(first.edgeOf(edge)).toBe(between[0]?.id);
  });

  test('has the shared embedding beside both its uses, as one node', () => {
    const shared = [...first.items.values()].filter((item) => item.kind === 'node' && item.node.id === 2);
    expect(shared.map((item) => (item.kind === 'node' ? item.appearances : 0))).toEqual([2, 2]);
    expect(first.facesOf(2)).toHaveLength(2);
    expect(first.visibleOf(2)).toBe(2);
  });

  test('knows the closed group that a node is in', () => {
    const { members, id } = groupNamed(first.grouping, 'h.7');
    for (const node of members) expect(first.visibleOf(node)).toBe(id);
  });
});

test('a ResNet-18 opens as its layers and leads to any operation within three opened groups', () => {
  const model = largeModel('resnet-18');
  const fold = foldOf(model);
  holds(model, fold);
  const faces = [...fold.items.values()].flatMap((item) => (item.kind === 'group' ? item.group.name : []));
  expect(faces).toEqual(expect.arrayContaining(['layer1', 'layer2', 'layer3', 'layer4']));
  expect(fold.items.size).toBeLessThanOrEqual(40);
  expect(mostToOpen(model)).toBeLessThanOrEqual(3);
});

describe('groups that are written down', () => {
  const model = groupedSample(
    'linear-mse-sgd',
    [{ name: 'net' }, { name: 'net.fc', parent: 0, type: 'Linear' }],
    Object.fromEntries(Array.from({ length: 5 }, (_, node) => [node, [0, 1]])),
  );

  test('are one box where there would be two around the same', () => {
    expect([...groupingOf(model).groups.values()].map(({ name }) => name)).toEqual(['net']);
  });

  test('are open where the graph is small, and close', () => {
    expect([...foldOf(model).boxes.values()].map(({ group }) => group.name)).toEqual(['net']);
    const closed = foldOf(model, { net: false });
    holds(model, closed);
    expect([...closed.boxes]).toEqual([]);
    expect(closed.visibleOf(3)).toBe(groupNamed(closed.grouping, 'net').id);
    expect(closed.items.size).toBe(foldOf(model).items.size - 4);
  });
});

test('in a training loop a parameter stands with the call of its module that is shown', () => {
  const loop = modelOf('linear-mse-sgd');
  const calls = [0, 1, 2].map((number) => ({ name: 'model', number, type: 'Linear' }));
  const homes = loop.nodes.flatMap(({ id, symbol, kind }) => {
    const call = [4, 8, 12].indexOf(symbol === 'Aᵀ' ? id : id - 1);
    return kind === 'op' && call >= 0 ? [[id, [call]] as const] : [];
  });
  const model = groupedSample('linear-mse-sgd', calls, Object.fromEntries(homes));
  for (const step of [0, model.steps.length - 1]) {
    const fold = foldOf(model, {}, step);
    const [box = -1] = fold.boxes.keys();
    for (const name of ['model.weight', 'model.bias']) {
      expect(fold.items.get(nodeNamed(model, name).id)?.box).toBe(box);
    }
  }
});

test('what a backward pass made is a layer of its own', () => {
  const model = modelOf('second-derivative');
  const fold = foldOf(model);
  expect([...fold.boxes.values()].map(({ group }) => group.name)).toEqual(['backward pass 1']);
  const [{ id = -1 } = {}] = fold.boxes.values();
  expect(fold.items.get(nodeNamed(model, 'first').id)?.box).toBe(id);
  expect(fold.items.get(nodeNamed(model, 'y').id)?.box).toBeNull();
});

/** Of all nodes, the most closed groups that one is in. */
function mostToOpen(model: Model): number {
  const shown = model.shownAt(-1);
  const grouping = groupingOf(model);
  const opened = new Map<string, boolean>();
  const pending = new Set(model.nodes.map(({ id }) => id));
  for (let clicks = 0; ; clicks++) {
    const fold = foldShown(model, shown, grouping, openGroups(grouping, opened));
    for (const node of pending) {
      const seen = fold.items.get(fold.visibleOf(node) ?? -1);
      if (seen?.kind === 'node') pending.delete(node);
      else if (seen !== undefined) opened.set(seen.group.key, true);
    }
    if (pending.size === 0) return clicks;
  }
}
