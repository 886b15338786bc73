import { describe, expect, it } from 'vitest';
import { modelOf } from '../fixtures/samples';
import { exactText } from './exact';
import { hoverSentence } from './hovering';

const model = modelOf('linear-mse-sgd');
const points = model.losses[0]?.points ?? [];
const exactly = (i: number) => {
  const value = model.values[points[i]?.value ?? -1];
  return value ? exactText(value) : '';
};

describe('what the timeline says under the pointer', () => {
  it('is what happened at that step', () => {
    expect(hoverSentence(model, { step: 5, onCurve: false })).toBe(`Step 6: ${model.steps[5]?.sentence}`);
  });

  it('is over the curve the nearest loss, exactly', () => {
    const at = points[1]?.step ?? 0;
    const sentence = `loss is ${exactly(1)} in iteration 2 of 3 (step ${at + 1}).`;
    expect(hoverSentence(model, { step: at + 1, onCurve: true })).toBe(sentence);
    expect(hoverSentence(model, { step: at - 3, onCurve: true })).toBe(sentence);
  });

  it('is at the ends of the curve its first and its last loss', () => {
    expect(hoverSentence(model, { step: 0, onCurve: true })).toContain(exactly(0));
    expect(hoverSentence(model, { step: model.steps.length - 1, onCurve: true })).toContain(exactly(2));
  });
});
