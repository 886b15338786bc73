import { Text } from '@codemirror/state';
import { describe, expect, it } from 'vitest';

import { offsetOf, rangeOf } from './places';

const text = Text.of(['x = "🙂🙂" + y', '    return α * x', '']);
const cut = (place: Parameters<typeof rangeOf>[1]) => {
  const range = rangeOf(text, place);
  return range && text.sliceString(range.from, range.to);
};

describe('rangeOf', () => {
  it('counts code points, not UTF-16 units', () => {
    expect(cut({ line: 1, column: 4, endLine: 1, endColumn: 8 })).toBe('"🙂🙂"');
    expect(cut({ line: 1, column: 11, endLine: 1, endColumn: 12 })).toBe('y');
  });

  it('spans lines', () => {
    expect(cut({ line: 1, column: 11, endLine: 2, endColumn: 10 })).toBe('y\n    return');
  });

  it('takes the content of the line where there is no extent', () => {
    expect(cut({ line: 2, column: null, endLine: null, endColumn: null })).toBe('return α * x');
    expect(cut({ line: 2, column: 6, endLine: 2, endColumn: 6 })).toBe('return α * x');
    expect(cut({ line: 3, column: 0, endLine: 3, endColumn: 0 })).toBe('');
  });

  it('cuts what lies beyond the text, and has nothing for a line that is not there', () => {
    expect(cut({ line: 2, column: 14, endLine: 9, endColumn: 99 })).toBe(' x\n');
    expect(rangeOf(text, { line: 4, column: 0, endLine: 4, endColumn: 1 })).toBeNull();
    expect(offsetOf(text, 1, 999)).toBe(text.line(1).to);
  });
});
