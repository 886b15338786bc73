import { describe, expect, test } from 'vitest';
import { loadSample, modelOf, nodeNamed } from '../fixtures/samples';
import { buildModel } from './build';

const model = modelOf('in-place-errors');
const told = model.chains.map(({ step }) => model.steps[step]?.sentence.replace('RuntimeError: ', ''));

describe('the chain of an error by a change in place', () => {
  test('tells each write through a view, those of one line together', () => {
    expect(told[0]).toBe(
      'tanh (line 6) saved its result y₁ at version 0; add_ (line 9) changed it in place 2 times, to version 2; copy_ (line 10) changed it in place to version 3; the backward of tanh (line 11) needs version 0.',
    );
  });

  test('tells the step of an optimizer, which may write several times', () => {
    expect(told[1]).toBe(
      'mm (line 16) saved w at version 0; the update of w (line 18) changed it in place to version 2; the backward of mm (line 19) needs version 0.',
    );
  });

  test('tells a write without grad', () => {
    expect(told[2]).toContain(
      'mul_ (line 25) changed it in place to version 1; the backward of mul (line 26)',
    );
  });

  test('tells the line of a write that the graph has no node for', () => {
    expect(told[3]).toContain(
      'add_ (line 31) changed it in place to version 1; zero_ (line 32) changed it in place to version 2;',
    );
    expect(told[4]).toBe(
      'exp (line 36) saved its result at version 0; clamp_ (line 38) changed it in place to version 1; the backward of exp (line 39) needs version 0.',
    );
    expect(model.chains[4]?.links[1]).toMatchObject({ nodes: [], place: { line: 38 } });
    expect(told[5]).toContain('mul with out= (line 45) changed it in place to version 1;');
  });

  test('says where a write is not in the graph nor listed, and states no version that it does not know', () => {
    const doc = loadSample('in-place-errors');
    const events = doc.events.map((each) => (each.kind === 'error' ? { ...each, writes: [] } : each));
    const old = buildModel({ ...doc, events });
    const sentences = old.chains.map(({ step }) => old.steps[step]?.sentence ?? '');
    expect(sentences[2]).toContain('mul_ (line 25) changed it in place to version 1;');
    expect(sentences[3]).toContain(
      'add_ (line 31) changed it in place; what is not in the graph did so, too, to version 2;',
    );
    expect(sentences[4]).toContain('what is not in the graph changed it in place since, to version 1;');
  });

  test('leads to nodes and lines', () => {
    const links = model.chains[1]?.links ?? [];
    expect(links.map(({ role, place }) => [role, place?.line])).toEqual([
      ['saved', 16],
      ['changed', 18],
      ['needed', 19],
    ]);
    expect(links[1]?.nodes).toEqual([nodeNamed(model, 'w').id]);
    expect(links[0]?.nodes).toEqual(links[2]?.nodes);
  });

  test('names no line of what is made of an expression', () => {
    const source = 'y = tanh(x).add_(1)\ny.backward()\n';
    const [first] = buildModel({ ...loadSample('in-place-errors'), source }, false, true).chains;
    expect(first?.links.map(({ text }) => text)).toEqual(['tanh', 'add_', 'copy_', 'the backward of tanh']);
  });

  test('is there for no other error', () => {
    expect(modelOf('raising-cells').chains).toEqual([]);
    const without = loadSample('in-place-errors');
    expect(buildModel({ ...without, passes: [] }).chains).toEqual([]);
  });
});
