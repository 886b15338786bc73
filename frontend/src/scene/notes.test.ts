import { describe, expect, test } from 'vitest';
import { modelOf, nodeNamed } from '../fixtures/samples';
import { sceneAt, textOf, withKey } from '../fixtures/scenes';
import type { RectShape, Shape } from './types';

describe('where a NaN begins', () => {
  const model = modelOf('nan-begins');
  const [infinity, nan] = model.beginnings;

  test('there is a badge as soon as it is there', () => {
    const key = `node:${nan?.node}:begins-value-NaN`;
    const at = (step: number): Shape[] => sceneAt(model, step);
    expect(textOf(at(nan?.step ?? 0), `${key}:text`)).toBe('first NaN');
    expect(withKey(at(nan?.step ?? 0), key)).toMatchObject({ fill: 'problem' });
    expect(withKey(at((nan?.step ?? 0) - 1), key)).toBeUndefined();
    const end = at(model.steps.length - 1);
    expect(textOf(end, `node:${infinity?.node}:begins-value-infinity:text`)).toBe('first ∞');
    expect(textOf(end, `node:${infinity?.node}:begins-gradient-NaN:text`)).toBe('∂ first NaN');
  });

  test('it leaves a title above its node whole', () => {
    const shapes = sceneAt(model, nan?.step ?? 0);
    const [slip, face] = ['begins-value-NaN', ''].map(
      (part) => withKey(shapes, [`node:${nan?.node}`, part].filter(Boolean).join(':')) as RectShape,
    );
    // The letters of an open group's title end some 14 above the first node in it.
    expect((face?.y ?? NaN) - (slip?.y ?? NaN)).toBeLessThanOrEqual(12);
  });

  test('from far away its node is outlined', () => {
    const far = sceneAt(model, model.steps.length - 1, 1, { scale: 0.1 });
    expect(withKey(far, `node:${nan?.node}`)).toMatchObject({ stroke: 'problem' });
  });
});

describe('how an error came about', () => {
  const model = modelOf('in-place-errors');
  const [first, second] = model.chains;

  test('is marked on each node that had a part in it, from the step of the error on', () => {
    const [saved = -1] = first?.links[0]?.nodes ?? [];
    const [changed = -1] = first?.links.at(-2)?.nodes ?? [];
    const step = first?.step ?? 0;
    const at = (node: number, link: number): string | undefined =>
      textOf(sceneAt(model, step), `node:${node}:error-${step}-${link}:text`);
    expect(at(saved, 0)).toBe('saved v0');
    expect(at(changed, 2)).toBe('in place: v3');
    expect(at(saved, 3)).toBe('∂ needs v0');
    expect(withKey(sceneAt(model, step - 1), `node:${saved}:error-${step}-0`)).toBeUndefined();
  });

  test('is marked on a leaf that an optimizer changed', () => {
    const step = second?.step ?? 0;
    const weight = nodeNamed(model, 'w').id;
    expect(textOf(sceneAt(model, step), `node:${weight}:error-${step}-1:text`)).toBe('in place: v2');
  });
});
