import { beforeEach, describe, expect, it, vi } from 'vitest';

import { audience, call, calls, documents, settle, tryPrograms } from '../fixtures/programs';
import { Program } from './program.svelte';

let program: Program;

tryPrograms();
beforeEach(() => (program = audience(() => false)));

describe('Program, under a pull', () => {
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

  it('goes on where a pull is taken back, and put there again, until something else is written', () => {
    expect(program.goesOn).toBe(false);
    program.drag('x = 2', true);
    expect([program.goesOn, program.pulled]).toEqual([true, true]);
    program.edit('x = 1', true);
    expect([program.goesOn, program.pulled]).toEqual([true, false]);
    program.edit('x = 2', true);
    expect(program.goesOn).toBe(true);
    program.edit('x = 22');
    expect(program.goesOn).toBe(false);
    program.edit('x = 2', true);
    expect(program.goesOn).toBe(false);
  });
});
