import { describe, expect, it, vi } from 'vitest';

import { onKey, type Verbs } from './keys';

class Target {
  constructor(readonly tag: string) {}
  closest(selector: string): Target | null {
    return selector.split(', ').includes(this.tag) ? this : null;
  }
}
vi.stubGlobal('Element', Target);

const press = (key: string, more: object = {}) => {
  const called: string[] = [];
  const note = (name: string) => (by?: number) => void called.push(by === undefined ? name : `${name} ${by}`);
  const names = ['toggle', 'stepBy', 'toStart', 'toEnd', 'fit', 'clear'] as const;
  const verbs = Object.fromEntries(names.map((name) => [name, note(name)])) as unknown as Verbs;
  const event = { key, target: new Target('body'), preventDefault: () => undefined, ...more };
  return { meant: onKey(event as unknown as KeyboardEvent, verbs), called };
};

describe('onKey', () => {
  it('knows the keys of the timeline', () => {
    expect(press(' ').called).toEqual(['toggle']);
    expect(press('ArrowLeft').called).toEqual(['stepBy -1']);
    expect(press('ArrowRight').called).toEqual(['stepBy 1']);
    expect(press('Home').called).toEqual(['toStart']);
    expect(press('End').called).toEqual(['toEnd']);
    expect(press('f').called).toEqual(['fit']);
    expect(press('Escape').called).toEqual(['clear']);
  });

  it('leaves to the editor, to fields and to the browser what is theirs', () => {
    expect(press(' ', { target: new Target('[contenteditable="true"]') }).meant).toBe(false);
    expect(press('ArrowLeft', { target: new Target('input') }).meant).toBe(false);
    expect(press(' ', { target: new Target('button') }).meant).toBe(false);
    expect(press('ArrowLeft', { target: new Target('button') }).meant).toBe(true);
    expect(press('f', { ctrlKey: true }).meant).toBe(false);
    expect(press('Escape', { defaultPrevented: true }).meant).toBe(false);
    expect(press('q').meant).toBe(false);
  });
});
