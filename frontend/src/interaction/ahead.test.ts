import { expect, test } from 'vitest';
import { Ahead } from './ahead';

function typed(...keys: (string | { key: string; ctrlKey: boolean })[]) {
  const ahead = new Ahead();
  const theirs: string[] = [];
  for (const each of keys) {
    const { key, ctrlKey } = typeof each === 'string' ? { key: each, ctrlKey: false } : each;
    let kept = false;
    ahead.keep({ key, ctrlKey, metaKey: false, altKey: false, preventDefault: () => (kept = true) });
    if (!kept) theirs.push(key);
  }
  return { text: ahead.text, theirs };
}

test('what is typed ahead is kept, with what was taken back of it', () => {
  expect(typed('a', ' ', 'b', 'Backspace', '𝑥', 'Enter').text).toBe('a 𝑥\n');
  expect(typed('Backspace', 'a').text).toBe('a');
});

test('shortcuts and keys that write nothing are left to the browser', () => {
  expect(typed({ key: 'r', ctrlKey: true }, 'Tab', 'Shift', 'F5', 'a')).toEqual({
    text: 'a',
    theirs: ['r', 'Tab', 'Shift', 'F5'],
  });
});
