import { describe, expect, test } from 'vitest';
import { modelOf, sampleNames } from '../fixtures/samples';
import { sentenceOf, tensorOf } from './sentences';

const nothing = { flows: [], received: null, apart: [], parts: [], unhooked: null };
const told = (name: string): string[] => modelOf(name).steps.map(({ sentence }) => sentence);

describe('a sentence', () => {
  test('says what adds up where branches meet', () => {
    const sentence =
      /^At b the gradient 3 arrives, the sum of 1 from left and 2 from right; .+ flows back to a\.$/;
    expect(told('diamond')).toContainEqual(expect.stringMatching(sentence));
  });

  test('says so too of a leaf that is used twice', () => {
    expect(told('same-leaf-twice')).toContainEqual(
      expect.stringMatching(/^The gradient (\S+) reaches \w+, the sum of \S+ from \w+ and \S+ from \w+\.$/),
    );
  });

  test('tells a tensor by its shape and norm, and one that is not finite as such', () => {
    expect(told('gallery-two-layers')).toContainEqual(
      expect.stringMatching(/gives hidden = a 4×2 tensor of norm \d/),
    );
    expect(told('nan-gradient').join('\n')).toContain('NaN');
  });

  test.each(['8×3', '80', '11×2', '18', '4×8', '1×8', '118×2', '7'])(
    'tells the size %s as it is spoken',
    (size) => {
      const spoken = new Set(['8×3', '80', '11×2', '18']);
      expect(tensorOf(size)).toBe(`${spoken.has(size) ? 'an' : 'a'} ${size} tensor`);
    },
  );

  test('says what a hook made of what arrived, and no sum that is none', () => {
    const sentences = told('hook-changes-gradient');
    expect(sentences).toContainEqual(
      expect.stringMatching(/ arrives; a hook makes it .+; .+ flows? back to /),
    );
  });

  test('tells all gradients that arrive at several outputs, each with its output', () => {
    expect(told('in-place-errors')).toContain(
      'Gradients arrive, 1 at e[0] and 1 at e[1]; [1, 1] flows back to exp.',
    );
    const model = modelOf('in-place-errors');
    const values = model.values.slice(0, 6).map((_, id) => id);
    const event = { ...nothing, flows: [], apart: [values[0] ?? null, null, ...values.slice(1)] };
    const unnamed = model.nodes.map((node) => ({ ...node, kind: 'op' as const, name: null, parts: [] }));
    const backward = { kind: 'backward', node: 0, pass_index: 0, step: 0, line: null, cell: 0 };
    const sentence = sentenceOf({ ...model, nodes: unnamed }, backward as never, event);
    expect(sentence).toMatch(
      /^At \S+ gradients arrive, .+ at output 1, .+ at output 3 and 4 more; nothing flows/,
    );
  });

  test('never states a sum that does not add up', () => {
    const single = /(?:gradient|becomes) (\S+) (?:arrives|reaches \w+)?,? ?the sum of (.+?)[;.](?:\s|$)/;
    let judged = 0;
    for (const name of sampleNames) {
      for (const sentence of told(name)) {
        const [, whole, terms] = single.exec(sentence) ?? [];
        if (whole === undefined || terms === undefined) continue;
        judged += 1;
        const numbers = terms.split(/, | and /).map((term) => parseFloat(term.replace('−', '-')));
        const sum = numbers.reduce((before, number) => before + number, 0);
        expect(sum, `${name}: ${sentence}`).toBeCloseTo(parseFloat(whole.replace('−', '-')), 1);
      }
    }
    expect(judged).toBeGreaterThan(2);
  });

  test('says that nothing reaches a leaf which is given no gradient', () => {
    expect(told('leaf-given-no-gradient')).toContain('No gradient reaches factor.');
  });

  test('says that a tensor keeps its gradient because it was asked to', () => {
    expect(told('hook-changes-gradient')).toContain(
      'h keeps its gradient, as retain_grad() asked: h.grad was None and becomes [120, 160].',
    );
  });

  test('tells an error whole, its lines as one', () => {
    const model = modelOf('in-place-error');
    const event = model.document.events.find(({ kind }) => kind === 'error');
    if (event?.kind !== 'error') throw new Error('the sample has no error');
    const message = `${'a long way to go '.repeat(20)}\n\tand the end`;
    const sentence = sentenceOf(model, { ...event, message }, nothing);
    expect(sentence).toBe(`${event.type}: ${'a long way to go '.repeat(20)}and the end`);
    const endless = sentenceOf(model, { ...event, message: 'on and on '.repeat(900) }, nothing);
    expect(endless.length).toBeLessThan(900);
    expect(endless).toMatch(/…$/);
  });

  test('ends as a sentence does, a message of Python apart', () => {
    for (const name of ['gallery-linear-regression', 'second-derivative', 'detach']) {
      for (const sentence of told(name)) expect(sentence).toMatch(/^\S.*[.…”]$/s);
    }
  });
});
