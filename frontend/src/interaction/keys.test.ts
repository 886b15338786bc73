import { describe, expect, it, vi } from 'vitest';

import { onKey, SECTIONS, type Verbs } from './keys';

class Target {
  constructor(readonly tag: string) {}
  closest(selector: string): Target | null {
    return selector.split(', ').includes(this.tag) ? this : null;
  }
}
vi.stubGlobal('Element', Target);

const press = (key: string, more: object = {}) => {
  const called: string[] = [];
  const verbs = new Proxy({} as Verbs, {
    get:
      (_, name: string) =>
      (...by: (string | number | boolean | undefined)[]) =>
        void called.push([name, ...by.filter((each) => each !== undefined)].join(' ')),
  });
  const event = {
    key,
    shiftKey: false,
    target: new Target('body'),
    preventDefault: () => undefined,
    getModifierState: () => false,
    ...more,
  };
  return { meant: onKey(event as unknown as KeyboardEvent, verbs), called };
};

describe('onKey', () => {
  it.each([
    [' ', 'toggle'],
    ['ArrowLeft', 'stepOver -1'],
    ['ArrowRight', 'stepOver 1'],
    ['n', 'stepOver 1 node'],
    ['P', 'stepOver -1 pass'],
    ['i', 'stepOver 1 iteration'],
    ['Home', 'toStart'],
    ['End', 'toEnd'],
    ['>', 'changeSpeed 1'],
    ['<', 'changeSpeed -1'],
    ['[', 'loopFromHere'],
    [']', 'loopToHere'],
    ['l', 'toggleLoop'],
    ['f', 'fit'],
    ['-', 'zoom 0.8'],
    ['w', 'pan 0 -1'],
    ['a', 'pan -1 0'],
    ['s', 'pan 0 1'],
    ['d', 'pan 1 0'],
    ['t', 'turn'],
    ['/', 'search'],
    ['Enter', 'openGroup true'],
    ['o', 'openAllGroups true'],
    ['c', 'openAllGroups false'],
    ['Escape', 'clear'],
    ['?', 'help'],
  ])('%s means %s', (key, verb) => {
    expect(press(key).called).toEqual([verb]);
  });

  it('steps by lines with Shift, and knows what AltGr makes', () => {
    expect(press('ArrowRight', { shiftKey: true }).called).toEqual(['stepOver 1 line']);
    expect(press('Enter', { shiftKey: true }).called).toEqual(['openGroup false']);
    expect(press('Home', { shiftKey: true }).meant).toBe(false);
    const altGraph = { ctrlKey: true, altKey: true, getModifierState: () => true };
    expect(press('[', altGraph).called).toEqual(['loopFromHere']);
  });

  it('leaves to the editor, to fields and to the browser what is theirs', () => {
    expect(press(' ', { target: new Target('[contenteditable="true"]') }).meant).toBe(false);
    expect(press('ArrowLeft', { target: new Target('input:not([type="range"])') }).meant).toBe(false);
    expect(press('n', { target: new Target('dialog') }).meant).toBe(false);
    expect(press(' ', { target: new Target('button') }).meant).toBe(false);
    expect(press('ArrowLeft', { target: new Target('button') }).meant).toBe(true);
    expect(press('f', { ctrlKey: true }).meant).toBe(false);
    expect(press('Escape', { defaultPrevented: true }).meant).toBe(false);
    expect(press('q').meant).toBe(false);
  });

  it('leaves to a slider the keys that move it', () => {
    expect(press('ArrowLeft', { target: new Target('input') }).meant).toBe(false);
    expect(press(' ', { target: new Target('input') }).called).toEqual(['toggle']);
  });

  it('leaves to a tab the keys that walk the tabs, and no other', () => {
    const target = new Target('[role="tab"]');
    expect(press('ArrowLeft', { target }).meant).toBe(false);
    expect(press('End', { target }).meant).toBe(false);
    expect(press('/', { target }).called).toEqual(['search']);
    expect(press('Escape', { target }).called).toEqual(['clear']);
  });
});

describe('the list of keys', () => {
  it('has each key once', () => {
    const keys = SECTIONS.flatMap(({ bindings }) => bindings.flatMap((each) => each.keys));
    expect(new Set(keys).size).toBe(keys.length);
  });
});
