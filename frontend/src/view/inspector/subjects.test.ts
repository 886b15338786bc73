import { describe, expect, it } from 'vitest';

import { modelOf, nodeNamed } from '../../fixtures/samples';
import { courseLines, pointAtX } from './courselines';
import { hookChanges } from './hooks';
import { courseTitle, gradientCourses, valueCourses } from './overtime';
import { keptBy, keptText, stateOf } from './saving';
import { edgeSentence, groupsText, nodeSentence, shapeText, subjectTitle } from './subjects';

describe('what a node is, in a line', () => {
  const model = modelOf('gallery-linear-regression');
  const loss = nodeNamed(model, 'loss');

  it('names an operation with its inputs and settings, a leaf by what it is for', () => {
    expect(nodeSentence(model, loss)).toBe('mse_loss of addmm and y.');
    const square = modelOf('accumulate-and-zero');
    expect(nodeSentence(square, nodeNamed(square, 'y'))).toBe('pow of x, exponent 2.');
    const leaf = model.nodes.find(({ kind }) => kind === 'leaf');
    expect(leaf && nodeSentence(model, leaf)).toBe('A leaf: gradients add up in its .grad.');
  });

  it('has its boxes and its shape', () => {
    expect(groupsText(model, loss)).toContain('iteration');
    expect(groupsText(model, loss)).toContain('(MSELoss)');
    expect(shapeText(model, loss)).toBe('scalar float32');
  });
});

describe('an edge', () => {
  const model = modelOf('detach');

  it('says where it leads, and why no gradient comes back', () => {
    const cut = model.edges.find(({ cut }) => cut === 'detach');
    expect(cut && edgeSentence(model, cut)).toMatch(
      /^\w+ flows into \w+( as its input \d)?\. No gradient comes back: detached\.$/,
    );
    expect(cut && subjectTitle(model, { kind: 'edge', edge: cut })).toContain(' → ');
  });
});

describe('what is saved', () => {
  const model = modelOf('scalar-chain');
  const node = model.nodes.find((each) => keptBy(model, each).length > 0);

  it('says whose it is, and is let go of when its backward has run', () => {
    const kept = node ? keptBy(model, node) : [];
    expect(kept.length).toBeGreaterThan(0);
    for (const each of kept) {
      const made = node ? model.stepOfNode(node.id) : null;
      expect(stateOf(each, made, -1)).toBe('to come');
      expect(stateOf(each, made, made ?? 0)).toBe('kept');
      expect(stateOf(each, made, model.steps.length - 1)).toBe('freed');
      expect(model.steps[each.freed ?? -1]).toMatchObject({ kind: 'backward', node: node?.id });
      expect(each.whose).not.toBe('');
      expect(each.value && keptText(each.value)).toMatch(/^\S+, scalar float32$/);
    }
  });
});

describe('the course of a leaf', () => {
  const model = modelOf('linear-mse-sgd');
  const leaf = model.nodes.find((each) => valueCourses(model, each).length > 0);
  const values = leaf ? valueCourses(model, leaf) : [];

  it('has its value at first and after each update', () => {
    expect(values[0]?.points).toHaveLength(4);
    expect(courseTitle(values)).toMatch(/^from .+ to .+ in 3 changes$/);
  });

  it('has each gradient that came', () => {
    expect(leaf && gradientCourses(model, leaf)[0]?.points).toHaveLength(3);
  });

  it('is drawn over the steps, and told exactly where one points', () => {
    const drawn = courseLines(values, { width: 500, height: 72 }, model.steps.length);
    expect(drawn.lines[0]?.split(' ')).toHaveLength(4);
    const last = values[0]?.points.at(-1);
    expect(pointAtX(values, drawn, 499, model.iterations)).toBe(
      `${values.map(({ name, points }) => `${name} ${points.at(-1)?.number}`.trim()).join('  ')} in iteration 3 of 3 (step ${(last?.step ?? 0) + 1})`,
    );
  });

  it('is not there for what was never updated', () => {
    const diamond = modelOf('diamond');
    expect(diamond.nodes.flatMap((node) => valueCourses(diamond, node))).toEqual([]);
  });
});

it('hooks are told only once they ran', () => {
  const model = modelOf('hook-changes-gradient');
  const x = nodeNamed(model, 'x');
  expect(hookChanges(model, x.id, 0)).toEqual([]);
  const [change] = hookChanges(model, x.id, model.steps.length - 1);
  expect(change).toMatchObject({ who: 'A hook on the tensor', place: { line: 10 } });
  expect(model.values[change?.after ?? -1]?.data).toEqual([expect.closeTo(0.6), expect.closeTo(0.8)]);
});
