import { expect, test } from 'vitest';
import { Sets } from './sets';

test('members are alone until they are joined, and then go by the least', () => {
  const sets = new Sets(6);
  sets.join(4, 2);
  sets.join(5, 4);
  expect([0, 1, 2, 3, 4, 5].map((member) => sets.least(member))).toEqual([0, 1, 2, 3, 2, 2]);
  sets.join(5, 1);
  expect([1, 2, 4, 5].map((member) => sets.least(member))).toEqual([1, 1, 1, 1]);
});
