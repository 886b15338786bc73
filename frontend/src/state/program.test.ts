import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Document } from '../api/client';
import { stubFetch, type Call } from '../fixtures/fetches';
import { Program } from './program.svelte';

let calls: Call[];
let documents: Document[];
let program: Program;

beforeEach(() => {
  vi.useFakeTimers();
  calls = [];
  documents = [];
  stubFetch(calls);
  program = audience(() => false);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A program whose documents are told to `documents`. */
const audience = (draw: (document: Document) => boolean): Program =>
  new Program({ tell: (document) => documents.push(document), draw });

const settle = () => vi.advanceTimersByTimeAsync(0);
const call = (i: number): Call => calls[i] ?? expect.fail(`no request ${i}`);

const fits = () => [program.stale, program.refused];

describe('Program', () => {
  it('is stale from when another program was refused or stopped until one ran, or the old one is back', async () => {
    const document = { source: 'x = 1' } as Document;
    void program.open('x = 1');
    call(0).answer(200, document);
    await settle();
    expect(fits()).toEqual([false, false]);
    void program.open('x = (');
    call(1).answer(422, { code: 'syntax-error', detail: 'A bracket was never closed.', line: 1, column: 4 });
    await settle();
    expect(fits()).toEqual([false, true]);
    void program.open('import os');
    call(2).answer(422, { code: 'not-allowed', detail: 'No.', line: 1, column: 0 });
    await settle();
    expect(fits()).toEqual([true, true]);
    program.edit('import os  # really');
    expect(fits()).toEqual([true, false]);
    void program.open('import os  # really (');
    expect(fits()).toEqual([true, false]);
    call(3).answer(422, { code: 'syntax-error', detail: 'A bracket was never closed.', line: 1, column: 20 });
    await settle();
    expect(fits()).toEqual([true, true]);
    program.edit('x = 1');
    expect(fits()).toEqual([false, false]);
  });

  it('counts its runs, so that the clock of each begins anew', () => {
    void program.open('while True: pass');
    void program.open('while 1: pass');
    expect(program.runs).toBe(2);
  });

  it('asks at once, and tells of the answer when it can be drawn', async () => {
    let loaded = () => {};
    program.drawable = new Promise<void>((resolve) => (loaded = resolve));
    void program.open('x = 1');
    call(0).answer(200, { source: 'x = 1' });
    await settle();
    expect([documents.length, program.status]).toEqual([0, 'running']);
    loaded();
    await settle();
    expect([documents.length, program.status]).toEqual([1, 'ready']);
  });

  it('takes up a document that is there already, and asks for none', async () => {
    program.edit('x = 1');
    const document = { source: 'loss.backward()' } as Document;
    program.adopt(document);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(calls).toEqual([]);
    expect(documents).toEqual([document]);
    expect([program.text, program.status, program.fresh]).toEqual(['loss.backward()', 'ready', true]);
  });

  it('drops the answer to a run that a document has taken the place of', async () => {
    void program.open('x = 1');
    program.adopt({ source: 'y = 2' } as Document);
    call(0).answer(200, { source: 'x = 1' });
    await settle();
    expect(documents.map(({ source }) => source)).toEqual(['y = 2']);
  });

  it('another program, or a recording, ends a pull whose end is never told', () => {
    program.drag('x = 2', false);
    expect(program.dragging).toBe(true);
    void program.open('y = 2');
    expect(program.dragging).toBe(false);
    program.drag('y = 3', false);
    program.adopt({ source: 'z = 2' } as Document);
    expect(program.dragging).toBe(false);
  });

  it('under a pull lets each run come to its end, and goes on with the text as it is then', async () => {
    program.edit('x = 1');
    await vi.advanceTimersByTimeAsync(150);
    call(0).answer(200, { source: 'x = 1' });
    await settle();
    program.drag('x = 2', false);
    program.drag('x = 3', false);
    program.drag('x = 4', false);
    expect(calls.map((each) => each.source)).toEqual(['x = 1', 'x = 2']);
    expect(program.fresh).toBe(true);
    call(1).answer(200, { source: 'x = 2' });
    await settle();
    expect(calls.map((each) => each.source)).toEqual(['x = 1', 'x = 2', 'x = 4']);
    program.drag('x = 4', true);
    call(2).answer(200, { source: 'x = 4' });
    await settle();
    expect(documents.map((each) => each.source)).toEqual(['x = 1', 'x = 2', 'x = 4']);
    expect(program.fresh).toBe(true);
  });

  it('names the runs of a pull as a series, and asks once more by itself for what it ends with', async () => {
    const names = () => calls.map(({ series }) => series);
    program.drag('x = 1', false);
    program.drag('x = 2', false);
    call(0).answer(200, { source: 'x = 1' });
    await settle();
    call(1).answer(200, { source: 'x = 2' });
    await settle();
    program.drag('x = 2', true);
    call(2).answer(200, { source: 'x = 2' });
    await settle();
    const [first] = names();
    expect(first).toMatch(/^[0-9a-f]{32}$/);
    expect(names()).toEqual([first, first, null]);
    program.drag('x = 3', false);
    expect(names()[3]).toMatch(/^[0-9a-f]{32}$/);
    expect(names()[3]).not.toBe(first);
    call(3).answer(200, { source: 'x = 3' });
    await settle();
    program.drag('x = 4', true);
    await settle();
    expect(calls.map(({ source }) => source)).toEqual(['x = 1', 'x = 2', 'x = 2', 'x = 3', 'x = 4']);
    expect(names()[4]).toBeNull();
  });

  it.each([
    ['typed', () => program.edit('x = 9')],
    ['another program', () => void program.open('x = 9')],
  ])('what is %s in the midst of a pull is of no series', async (_, change) => {
    program.drag('x = 1', false);
    change();
    await vi.advanceTimersByTimeAsync(150);
    expect(calls.map(({ source, series }) => [source, series !== null])).toEqual([
      ['x = 1', true],
      ['x = 9', false],
    ]);
  });

  it('under a pull that uses up its share asks less often, and goes on', async () => {
    const refuse = (i: number) =>
      call(i).answer(429, { code: 'rate-limited', limit: 'rate_per_second', value: 25, retry_seconds: 1 });
    program.drag('x = 1', false);
    refuse(0);
    await settle();
    expect(program.status).toBe('running');
    program.drag('x = 2', false);
    await vi.advanceTimersByTimeAsync(43);
    expect(calls).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(call(1).source).toBe('x = 2');
    await vi.advanceTimersByTimeAsync(10);
    call(1).answer(200, { source: 'x = 2' });
    await settle();
    expect(documents).toHaveLength(1);
    program.drag('x = 3', false);
    await vi.advanceTimersByTimeAsync(20);
    program.drag('x = 4', false);
    await vi.advanceTimersByTimeAsync(13);
    expect(calls).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(call(2).source).toBe('x = 4');
    refuse(2);
    await settle();
    await vi.advanceTimersByTimeAsync(65);
    expect(calls).toHaveLength(3);
    await vi.advanceTimersByTimeAsync(1);
    expect(calls).toHaveLength(4);
    program.drag('x = 5', true);
    call(3).answer(200, { source: 'x = 4' });
    await settle();
    expect(call(4)).toMatchObject({ source: 'x = 5', series: null });
  });

  it('says that the server is busy where a pull can ask for hardly anything, or nothing is pulled', async () => {
    const problem = { code: 'rate-limited', limit: 'rate_per_second', value: 0.1, retry_seconds: 10 };
    program.drag('x = 1', false);
    call(0).answer(429, problem);
    await settle();
    expect(program.status).toBe('busy');
    void program.open('x = 2');
    call(1).answer(429, { ...problem, value: 20 });
    await settle();
    expect(program.status).toBe('busy');
  });

  it('does not run again what was nudged: that was no series', async () => {
    program.drag('x = 1', true);
    call(0).answer(200, { source: 'x = 1' });
    await settle();
    program.drag('x = 1', true);
    expect(calls).toHaveLength(1);
  });

  it('asks for the next number of a pull before it shows the answer to the last', async () => {
    const asked: number[] = [];
    program = new Program({ tell: () => asked.push(calls.length), draw: () => false });
    const pull = (number: number): void => {
      program.drag(`x = ${number}`, false, () => number < 3 && pull(number + 1));
    };
    pull(1);
    for (const i of [0, 1, 2]) {
      call(i).answer(200, { source: `x = ${i + 1}` });
      await settle();
      expect(program.status).toBe(i < 2 ? 'running' : 'ready');
    }
    expect(calls.map((each) => each.source)).toEqual(['x = 1', 'x = 2', 'x = 3']);
    expect(asked).toEqual([2, 3, 3]);
  });

  describe('under a pull that is drawn', () => {
    const drawn: string[] = [];
    const told = (): string[] => documents.map(({ source }) => source);

    const answered = async (...numbers: number[]): Promise<void> => {
      for (const number of numbers) {
        program.drag(`x = ${number}`, false);
        call(calls.length - 1).answer(200, { source: `x = ${number}` });
        await settle();
      }
    };

    beforeEach(() => {
      drawn.length = 0;
      program = audience(({ source }) => drawn.push(source) > 0);
    });

    it('tells the last answer once they pause', async () => {
      await answered(1, 2, 3);
      expect([drawn, told()]).toEqual([['x = 1', 'x = 2', 'x = 3'], []]);
      await vi.advanceTimersByTimeAsync(50);
      expect(told()).toEqual(['x = 3']);
      expect(program.status).toBe('ready');
    });

    it('tells one now and then where they do not pause, after the frame that draws it', async () => {
      for (let number = 1; number <= 25; number++) {
        await answered(number);
        expect(told()).not.toContain(`x = ${number}`);
        program.drawn();
        await vi.advanceTimersByTimeAsync(20);
      }
      expect(drawn).toHaveLength(25);
      expect(told()).toEqual(['x = 1', 'x = 11', 'x = 21']); // 200 ms apart
    });

    it.each([
      ['it is let go', () => program.drag('x = 2', true)],
      ['it is stopped', () => program.cancel()],
    ])('tells at once what was drawn where %s', async (_, end) => {
      await answered(1, 2);
      end();
      expect(told()).toEqual(['x = 2']);
      await vi.advanceTimersByTimeAsync(1000);
      expect(told()).toEqual(['x = 2']);
    });

    it('does not fit while the server is lost, until it answers again', async () => {
      await answered(1);
      await vi.advanceTimersByTimeAsync(50);
      program.drag('x = 2', false);
      expect(program.fresh).toBe(true);
      call(1).drop();
      await settle();
      expect([program.status, program.fresh]).toEqual(['unreachable', false]);
      await vi.advanceTimersByTimeAsync(3000);
      call(2).answer(200, { source: 'x = 2' });
      await settle();
      await vi.advanceTimersByTimeAsync(50);
      expect([program.status, program.fresh]).toEqual(['ready', true]);
    });

    it('does not fit where answers are slow, until there is one of the text as it is', async () => {
      await answered(1);
      program.drag('x = 2', false);
      program.drag('x = 3', false);
      await vi.advanceTimersByTimeAsync(1000);
      expect(program.fresh).toBe(false);
      call(1).answer(200, { source: 'x = 2' });
      await vi.advanceTimersByTimeAsync(60);
      expect([told().at(-1), program.fresh]).toEqual(['x = 2', false]);
      call(2).answer(200, { source: 'x = 3' });
      await vi.advanceTimersByTimeAsync(60);
      expect([told().at(-1), program.fresh]).toEqual(['x = 3', true]);
    });

    it('tells what was drawn before a number is refused, and the refusal stays', async () => {
      await answered(1);
      program.drag('x = 2', false);
      call(1).answer(422, { code: 'limit-exceeded', detail: 'Too much.' });
      await settle();
      await vi.advanceTimersByTimeAsync(1000);
      expect(told()).toEqual(['x = 1']);
      expect([program.status, program.refusal?.code]).toEqual(['refused', 'limit-exceeded']);
    });

    it('does not tell of a program in whose place there is another', async () => {
      await answered(1);
      void program.open('y = 1');
      await vi.advanceTimersByTimeAsync(1000);
      expect(told()).toEqual([]);
    });
  });

  it.each([
    ['the server is lost', () => call(0).drop()],
    ['it is stopped', () => program.cancel()],
  ])('a pull is not asked to go on where %s', async (_, end) => {
    const next = vi.fn();
    program.drag('x = 2', false, next);
    end();
    await settle();
    expect(next).not.toHaveBeenCalled();
  });

  it('a pull goes on through a number that the server refuses', async () => {
    program.drag('x = 2', false);
    program.drag('x = 3', false);
    call(0).answer(422, { code: 'limit-exceeded', detail: 'Too much.' });
    await settle();
    expect(program.status).toBe('running');
    call(1).answer(200, { source: 'x = 3' });
    await settle();
    expect(program.status).toBe('ready');
  });

  it('runs once, when the typing pauses', async () => {
    program.edit('x');
    await vi.advanceTimersByTimeAsync(100);
    program.edit('x = 1');
    await vi.advanceTimersByTimeAsync(149);
    expect(calls).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(calls.map((each) => each.source)).toEqual(['x = 1']);
    expect(program.status).toBe('running');
  });

  it('is slow from when one would notice until the answer', async () => {
    void program.open('while True: pass');
    await vi.advanceTimersByTimeAsync(399);
    expect(program.slow).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(program.slow).toBe(true);
    void program.open('while 1: pass');
    expect(program.slow).toBe(true);
    call(1).answer(422, { code: 'busy', detail: 'Busy.' });
    await settle();
    expect(program.slow).toBe(false);
    await vi.advanceTimersByTimeAsync(1000);
    expect(program.slow).toBe(false);
  });

  it('takes an older request back and never shows its answer', async () => {
    void program.open('old');
    void program.open('new');
    expect(call(0).signal.aborted).toBe(true);
    call(0).answer(200, { source: 'old' });
    call(1).answer(200, { source: 'new' });
    await settle();
    expect(documents).toEqual([{ source: 'new' }]);
    expect(program.fresh).toBe(true);
    expect(program.status).toBe('ready');
  });

  it('keeps the last document when a program is refused', async () => {
    void program.open('good');
    call(0).answer(200, { source: 'good' });
    await settle();
    void program.open('bad(');
    call(1).answer(422, { code: 'syntax-error', detail: 'Never closed.', line: 1, column: 3 });
    await settle();
    expect(program.status).toBe('refused');
    expect(program.refusal).toMatchObject({ code: 'syntax-error', span: { line: 1, column: 3 } });
    expect(program.document).toEqual({ source: 'good' });
    expect(program.fresh).toBe(false);
  });

  it('tries again by itself when the server is lost, and loses nothing', async () => {
    void program.open('mine');
    call(0).drop();
    await settle();
    expect(program.status).toBe('unreachable');
    expect(program.text).toBe('mine');
    await vi.advanceTimersByTimeAsync(3000);
    call(1).answer(200, { source: 'mine' });
    await settle();
    expect(program.status).toBe('ready');
    expect(documents).toHaveLength(1);
  });

  it('tries again by itself when a busy server said when', async () => {
    void program.open('x = 1');
    call(0).answer(503, { code: 'busy', detail: 'All workers are busy.' });
    await settle();
    expect(program.status).toBe('busy');
    await vi.advanceTimersByTimeAsync(2900);
    expect(calls).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(200);
    call(1).answer(200, { source: 'x = 1' });
    await settle();
    expect(program.status).toBe('ready');
  });

  it('is stopped by the reader: the request is taken back, and what was there stays', async () => {
    void program.open('x = 1');
    call(0).answer(200, { source: 'x = 1' });
    await settle();
    program.edit('x = 2');
    await vi.advanceTimersByTimeAsync(700);
    expect(program.slow).toBe(true);
    program.cancel();
    await settle();
    expect([call(1).signal.aborted, program.status, program.slow]).toEqual([true, 'cancelled', false]);
    expect(program.document).toEqual({ source: 'x = 1' });
    program.edit('x = 3');
    await vi.advanceTimersByTimeAsync(150);
    expect(call(2).source).toBe('x = 3');
  });
});
