import { expect, test } from 'vitest';

import { groupNamed } from '../fixtures/folds';
import { largeModel, loadLarge } from '../fixtures/large';
import { buildModel } from '../model';
import { Folding } from './folding.svelte';

const model = largeModel('gpt2-12');
const shown = model.shownAt(-1);

test('groups stay open over runs, and start anew with another program', () => {
  const folding = new Folding();
  const first = folding.fold(model, shown);
  const block = groupNamed(first.grouping, 'h.2');
  folding.set(block, true);
  expect(folding.fold(model, shown).boxes.has(block.id)).toBe(true);
  const again = buildModel(loadLarge('gpt2-12'));
  expect(folding.fold(again, again.shownAt(-1)).boxes.has(block.id)).toBe(true);
  folding.forget();
  expect(folding.fold(model, shown).boxes.has(block.id)).toBe(false);
});

test('opens the way to a node, however deep, and only where there is need to', () => {
  const folding = new Folding();
  const fold = folding.fold(model, shown);
  const [node = -1] = groupNamed(fold.grouping, 'h.5/attn').own;
  expect(folding.openTo(node, fold)).toBe(true);
  const open = folding.fold(model, shown);
  expect(open.items.get(open.visibleOf(node) ?? -1)?.kind).toBe('node');
  expect(folding.openTo(node, open)).toBe(false);
});

test('opens and closes everything', () => {
  const folding = new Folding();
  const { grouping } = folding.fold(model, shown);
  folding.setAll(grouping, true);
  expect(folding.fold(model, shown).boxes.size).toBe(grouping.groups.size);
  folding.setAll(grouping, false);
  expect(folding.fold(model, shown).boxes.size).toBe(0);
});
