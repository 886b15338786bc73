import { afterEach, describe, expect, it, vi } from 'vitest';

import { Busy, Refusal, Unreachable, trace } from './client';

const never = new AbortController().signal;
const answer = (body: unknown, status: number, type: string) =>
  vi.stubGlobal('fetch', () =>
    Promise.resolve(new Response(JSON.stringify(body), { status, headers: { 'Content-Type': type } })),
  );

afterEach(() => vi.unstubAllGlobals());

describe('trace', () => {
  it('gives the Document', async () => {
    answer({ schema: 'backlight/1' }, 200, 'application/json');
    expect((await trace('x = 1', never)).schema).toBe('backlight/1');
  });

  it('turns a problem into a Refusal with its place', async () => {
    const problem = { code: 'syntax-error', detail: 'A bracket was never closed.', line: 2, column: 4 };
    answer(problem, 422, 'application/problem+json');
    const refusal = await trace('(', never).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Refusal);
    expect(refusal).toMatchObject({
      code: 'syntax-error',
      message: 'A bracket was never closed.',
      span: { line: 2, column: 4, endLine: null, endColumn: null },
    });
  });

  it('knows when waiting helps, and for how long', async () => {
    const problem = JSON.stringify({ code: 'busy', detail: 'All workers are busy.' });
    const headers = { 'Content-Type': 'application/problem+json', 'Retry-After': '7' };
    vi.stubGlobal('fetch', () => Promise.resolve(new Response(problem, { status: 503, headers })));
    const busy = await trace('x', never).catch((error: unknown) => error);
    expect(busy).toBeInstanceOf(Busy);
    expect(busy).toMatchObject({ message: 'All workers are busy.', retrySeconds: 7 });
    answer({ code: 'rate-limited' }, 429, 'application/problem+json');
    await expect(trace('x', never)).rejects.toMatchObject({ name: 'Busy', retrySeconds: 3 });
  });

  it('takes an answer that is not the server’s own for an unreachable server', async () => {
    answer('<h1>Bad gateway</h1>', 502, 'text/html');
    await expect(trace('x', never)).rejects.toBeInstanceOf(Unreachable);
  });

  it('takes a failed connection for an unreachable server, and lets an abort through', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
    await expect(trace('x', never)).rejects.toBeInstanceOf(Unreachable);
    vi.stubGlobal('fetch', () => Promise.reject(new DOMException('', 'AbortError')));
    await expect(trace('x', never)).rejects.toMatchObject({ name: 'AbortError' });
  });
});
