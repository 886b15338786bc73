import { expect, test } from 'vitest';
import { loadSample } from '../fixtures/samples';
import { sourceReader } from './source';

test('columns count code points, lines from 1, and nothing is nothing', () => {
  const doc = { ...loadSample('no-graph'), sources: [{ name: 'program', text: '𝑎 = 1\ny = 𝑎 * 𝑎\nz' }] };
  const codeAt = sourceReader(doc);
  const at = (line: number, column: number, endLine: number, endColumn: number): string =>
    codeAt({ line, column, endLine, endColumn, source: 0 });
  expect(at(2, 4, 2, 9)).toBe('𝑎 * 𝑎');
  expect(at(1, 4, 2, 1)).toBe('1\ny');
  expect(codeAt(null)).toBe('');
  expect(codeAt({ line: 1, column: 0, endLine: 1, endColumn: 9, source: 3 })).toBe('');
});
