import { expect, test } from 'vitest';

import { partsOf } from './prose';

test.each([
  ['Nothing here is code.', [['Nothing here is code.', false]]],
  [
    '`open` is not there; write `x.item()`.',
    [
      ['open', true],
      [' is not there; write ', false],
      ['x.item()', true],
      ['.', false],
    ],
  ],
  ['One ` alone, and\nanother ` below.', [['One ` alone, and\nanother ` below.', false]]],
  ['``', [['``', false]]],
  ['', []],
])('%s', (message, parts) => {
  expect(partsOf(message).map(({ text, code }) => [text, code])).toEqual(parts);
});
