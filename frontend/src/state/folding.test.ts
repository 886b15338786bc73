import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { groupNamed } from '../fixtures/folds';
import { largeModel, loadLarge } from '../fixtures/large';
import { storage } from '../fixtures/storage';
import { buildModel } from '../model';
import { Folding } from './folding.svelte';

beforeEach(() => vi.stubGlobal('localStorage', storage()));
afterEach(() => vi.unstubAllGlobals());

const model = largeModel('gpt2-12');
const shown = model.shownAt(-1);

test('groups stay open over runs, and start anew with another program', () => {
  const folding = new Folding();
  const first = folding.fold(model, shown);
  const block = groupNamed(first.grouping, 'h.2');
  folding.set(block, first.grouping, true);
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

test('what was opened and closed is so again at the next visit, in the program that has these groups', () => {
  const nextVisit = (): ReadonlySet<number> => {
    const folding = new Folding();
    folding.recall(model);
    return new Set(folding.fold(model, shown).boxes.keys());
  };
  const folding = new Folding();
  const { grouping, boxes } = folding.fold(model, shown);
  const [outer] = [...boxes.values()].map(({ group }) => group);
  const block = groupNamed(grouping, 'h.5');
  expect([boxes.has(block.id), outer?.children.includes(block)]).toEqual([false, true]);
  folding.set(block, grouping, true);
  expect(nextVisit().has(block.id)).toBe(true);
  folding.set(block, grouping, false);
  expect(nextVisit()).toEqual(new Set(boxes.keys()));
  folding.set(outer ?? block, grouping, false);
  expect(nextVisit().has(outer?.id ?? -1)).toBe(false);
  const other = new Folding();
  other.recall(largeModel('resnet-18'));
  expect(other.choices.size).toBe(0);
});

test('a choice made in this visit outlives another structure, and is not overruled by an earlier visit', () => {
  const earlier = new Folding();
  const { grouping } = earlier.fold(model, shown);
  earlier.set(groupNamed(grouping, 'h.2'), grouping, true);
  const folding = new Folding();
  folding.set(groupNamed(grouping, 'h.3'), grouping, true);
  folding.recall(model);
  expect([...folding.choices.keys()]).toEqual([groupNamed(grouping, 'h.3').key]);
});

test.each(['not JSON', '{}', '[1, ["x"], ["x", [1], []]]'])('is not misled by %s in its place', (text) => {
  localStorage.setItem('backlight-groups', text);
  const folding = new Folding();
  folding.recall(model);
  expect(folding.choices.size).toBe(0);
});
