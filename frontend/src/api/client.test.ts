import { afterEach, describe, expect, it, vi } from 'vitest';

import type { FakeSocket } from '../fixtures/sockets';
import { stubSockets } from '../fixtures/sockets';
import { Busy, Refusal, Unreachable, beginSeries, trace } from './client';

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

  it('knows when waiting helps, for how long, and what one’s share is', async () => {
    const problem = { code: 'busy', detail: 'All workers are busy.', retry_seconds: 7 };
    answer(problem, 503, 'application/problem+json');
    const busy = await trace('x', never).catch((error: unknown) => error);
    expect(busy).toBeInstanceOf(Busy);
    expect(busy).toMatchObject({ message: 'All workers are busy.', retrySeconds: 7, share: null });
    answer({ code: 'rate-limited', limit: 'rate_per_second', value: 30 }, 429, 'application/problem+json');
    await expect(trace('x', never)).rejects.toMatchObject({ name: 'Busy', retrySeconds: 3, share: 30 });
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

describe('trace, in a series', () => {
  const begin = () => {
    const sockets: FakeSocket[] = [];
    stubSockets(sockets);
    const series = beginSeries();
    return { series, socket: sockets[0] ?? expect.fail('no socket') };
  };

  it('goes by itself until there is a way, with the name of the series, and then the same way', async () => {
    const { series, socket } = begin();
    const headers: Headers[] = [];
    vi.stubGlobal('fetch', (_url: string, init: RequestInit) => {
      headers.push(new Headers(init.headers));
      return Promise.resolve(Response.json({ source: 'x = 1' }));
    });
    expect((await trace('x = 1', never, series)).source).toBe('x = 1');
    expect(headers.map((each) => each.get('Backlight-Series'))).toEqual([series.name]);
    socket.open();
    const second = trace('x = 2', never, series);
    socket.answer({ source: 'x = 2' });
    expect((await second).source).toBe('x = 2');
    expect(socket.sent).toEqual(['{"source":"x = 2"}']);
    expect(headers).toHaveLength(1);
  });

  it('goes by itself once more where the way was lost before the answer', async () => {
    const { series, socket } = begin();
    const bodies: unknown[] = [];
    vi.stubGlobal('fetch', (_url: string, init: RequestInit) => {
      bodies.push(init.body);
      return Promise.resolve(Response.json({ source: 'x = 1' }));
    });
    socket.open();
    const document = trace('x = 1', never, series);
    socket.drop();
    expect((await document).source).toBe('x = 1');
    expect(bodies).toEqual(['{"source":"x = 1"}']);
  });

  it('is refused, and told to wait, as elsewhere', async () => {
    const { series, socket } = begin();
    socket.open();
    const refused = trace('(', never, series);
    socket.answer({
      status: 422,
      code: 'syntax-error',
      detail: 'A bracket was never closed.',
      line: 1,
      column: 0,
    });
    await expect(refused).rejects.toMatchObject({
      name: 'Refusal',
      code: 'syntax-error',
      message: 'A bracket was never closed.',
      span: { line: 1, column: 0 },
    });
    for (const [problem, retrySeconds] of [
      [{ status: 429, code: 'rate-limited', retry_seconds: 7 }, 7],
      [{ status: 503, code: 'busy', retry_seconds: 1 }, 1],
    ] as const) {
      const busy = trace('x', never, series);
      socket.answer(problem);
      await expect(busy).rejects.toMatchObject({ name: 'Busy', retrySeconds });
    }
  });

  it('takes what is no answer of the server’s for an unreachable server', async () => {
    const { series, socket } = begin();
    socket.open();
    const document = trace('x', never, series);
    socket.onmessage?.({ data: '<h1>Bad gateway</h1>' });
    await expect(document).rejects.toBeInstanceOf(Unreachable);
  });
});
