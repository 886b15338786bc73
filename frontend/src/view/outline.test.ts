import { describe, expect, test } from 'vitest';

import { foldOf } from '../fixtures/folds';
import { largeModel } from '../fixtures/large';
import { outlineOf, type Entry } from './outline';

const model = largeModel('resnet-18');

function titles(entries: readonly Entry[]): unknown[] {
  return entries.map(({ node, group, entries: inner }) =>
    inner.length > 0 ? [group?.name, titles(inner)] : (node?.label ?? group?.name),
  );
}

describe('the outline of a ResNet', () => {
  test('is a tree of what is open', () => {
    const [first, second, ...others] = titles(outlineOf(foldOf(model, { layer1: true }), 100));
    expect(first).toBe('x');
    expect(second).toEqual([
      'ResNet18',
      [
        ...['leaf', 'convolution', 'bn1', 'relu', 'max_pool2d_with_indices', ['layer1', ['0', '1']]],
        ...['layer2', 'layer3', 'layer4', 'mean', 'fc'],
      ],
    ]);
    expect(others).toEqual(['log_softmax', 'tensor', 'nll_loss_forward']);
  });

  test('ends after as many entries as there is room for', () => {
    const count = (entries: readonly Entry[]): number =>
      entries.reduce((sum, { entries: inner }) => sum + 1 + count(inner), 0);
    expect(count(outlineOf(foldOf(model), 9))).toBe(9);
  });
});
