import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { FakeSocket, stubSockets } from '../fixtures/sockets';
import { Series } from './series';

let sockets: FakeSocket[];
let request: AbortController;

beforeEach(() => {
  sockets = [];
  request = new AbortController();
  stubSockets(sockets);
});

afterEach(() => vi.unstubAllGlobals());

const begin = () => {
  const series = new Series('/api/v1/trace');
  return { series, socket: sockets[0] ?? expect.fail('no socket') };
};
const opened = () => {
  const begun = begin();
  begun.socket.open();
  return begun;
};

describe('Series', () => {
  it('goes to the server that the page is from, by its name', () => {
    const { series, socket } = begin();
    expect(series.name).toMatch(/^[0-9a-f]{32}$/);
    expect(socket.address.href).toBe(`wss://backlight.example/api/v1/trace?series=${series.name}`);
    expect(new Series('/').name).not.toBe(series.name);
  });

  it('carries nothing before it is open, nor two requests at once', async () => {
    const { series, socket } = begin();
    expect(series.ask('one', request.signal)).toBeNull();
    socket.open();
    const two = series.ask('two', request.signal);
    expect(series.ask('three', request.signal)).toBeNull();
    socket.answer({ number: 2 });
    expect(await two).toBe('{"number":2}');
    const four = series.ask('four', request.signal);
    socket.answer({ number: 4 });
    expect(await four).toBe('{"number":4}');
    expect(socket.sent).toEqual(['two', 'four']);
  });

  it('tells where an answer will not come, and carries nothing more', async () => {
    const { series, socket } = opened();
    const answer = series.ask('one', request.signal);
    socket.drop();
    expect(await answer).toBeNull();
    expect(series.ask('two', request.signal)).toBeNull();
    expect(socket.sent).toEqual(['one']);
  });

  it('takes a request back with all that would follow, and tells nobody what still comes', async () => {
    const { series, socket } = opened();
    const answer = series.ask('one', request.signal);
    request.abort();
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
    expect(socket.readyState).not.toBe(FakeSocket.OPEN);
    socket.answer({});
    socket.drop();
    expect(series.ask('two', request.signal)).toBeNull();
  });

  it('forgets what would take a request back once that is answered', async () => {
    const { series, socket } = opened();
    const answer = series.ask('one', request.signal);
    socket.answer({});
    await answer;
    request.abort();
    expect(socket.readyState).toBe(FakeSocket.OPEN);
  });

  it('ends at once where nothing is under way, else with the answer', async () => {
    const idle = opened();
    idle.series.end();
    expect(idle.socket.readyState).not.toBe(FakeSocket.OPEN);
    sockets.length = 0;
    const { series, socket } = opened();
    const answer = series.ask('one', request.signal);
    series.end();
    expect(socket.readyState).toBe(FakeSocket.OPEN);
    socket.answer({});
    expect(await answer).toBe('{}');
    expect(socket.readyState).not.toBe(FakeSocket.OPEN);
  });
});
