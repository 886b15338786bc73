import { expect, test } from 'vitest';
import { joined } from './arrays';

test('arrays are joined however long they are', () => {
  const long = new Int32Array(300_000).fill(7);
  const all = joined(Int32Array.of(1, 2), long);
  expect(all.length).toBe(300_002);
  expect([...all.subarray(0, 4)]).toEqual([1, 2, 7, 7]);
});
