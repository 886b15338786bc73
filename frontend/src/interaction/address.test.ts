import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { storage } from '../fixtures/storage';
import { AddressBar } from './address';

let calls: string[];

beforeEach(() => {
  vi.useFakeTimers();
  calls = [];
  const note = (verb: string) => (_state: null, _unused: string, hash: string) =>
    void calls.push(verb + hash);
  vi.stubGlobal('history', { replaceState: note('replace'), pushState: note('push') });
  vi.stubGlobal('location', { hash: '#0' });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('follows once what moves has come to rest', () => {
  const bar = new AddressBar();
  bar.follow(() => '#1');
  vi.advanceTimersByTime(399);
  bar.follow(() => '#2');
  vi.advanceTimersByTime(399);
  expect(calls).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(calls).toEqual(['replace#2']);
});

it('leaves the entry before a new one as it was last', () => {
  const bar = new AddressBar();
  bar.follow(() => '#1');
  bar.enter('#new');
  vi.advanceTimersByTime(1000);
  expect(calls).toEqual(['replace#1', 'push#new']);
});

it('keeps for the page that is loaded anew what was still due, for that address alone', () => {
  vi.stubGlobal('sessionStorage', storage());
  const leave: (() => void)[] = [];
  vi.stubGlobal('addEventListener', (_: 'pagehide', act: () => void) => void leave.push(act));
  vi.stubGlobal('location', { hash: '#1' });
  const bar = new AddressBar();
  bar.begin();
  bar.follow(() => '#2');
  leave[0]?.();
  new AddressBar().begin();
  expect(calls).toEqual(['replace#2']);
  new AddressBar().begin();
  expect(calls).toEqual(['replace#2']);
  leave[0]?.();
  vi.stubGlobal('location', { hash: '#elsewhere' });
  new AddressBar().begin();
  expect(calls).toEqual(['replace#2']);
});

it.each([
  ['reload', ['replace#2', 'replace#3', 'replace#3']],
  ['navigate', ['replace#2', 'replace#3']],
])('tells a page that is loaded anew, by a %s, what followed when that had begun', (type, expected) => {
  vi.stubGlobal('sessionStorage', storage());
  const leave: (() => void)[] = [];
  vi.stubGlobal('addEventListener', (_: 'pagehide', act: () => void) => void leave.push(act));
  vi.stubGlobal('performance', { getEntriesByType: () => [{ type }] });
  const bar = new AddressBar();
  bar.begin();
  bar.follow(() => '#2');
  vi.advanceTimersByTime(400);
  vi.stubGlobal('location', { hash: '#2' });
  bar.follow(() => '#3');
  vi.advanceTimersByTime(400);
  vi.stubGlobal('location', { hash: '#3' });
  leave[0]?.();
  vi.stubGlobal('location', { hash: '#0' });
  new AddressBar().begin();
  expect(calls).toEqual(expected);
});
