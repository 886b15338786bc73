import { expect, test } from 'vitest';
import { modelOf } from '../fixtures/samples';
import { objectiveOf } from './objective';

const model = modelOf('detach');

test('the number that the last pass began at', () => {
  const objective = objectiveOf(modelOf('diamond'));
  expect([objective?.name, objective?.value.text]).toEqual(['meet', '1.649']);
});

test('without a pass the last number that has a name, and none where there is no number', () => {
  const { document } = model;
  expect(objectiveOf({ ...model, document: { ...document, passes: [] } })?.name).toBe('z');
  expect(objectiveOf(modelOf('no-graph'))).toBeNull();
});
