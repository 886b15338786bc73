import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { Document } from '../api/client';
import { audience, call, calls, documents, settle, tryPrograms } from '../fixtures/programs';
import type { Program } from './program.svelte';

let program: Program;

tryPrograms();
beforeEach(() => (program = audience(() => false)));

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
