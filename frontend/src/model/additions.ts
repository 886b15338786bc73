/** Whether values add up: of single numbers, of tensors element by element, of large ones by the cells of pictures. */
import type { ModelValue } from './types';

const TOLERANCE = 1e-4;

/** False also where there are no numbers to judge by. */
export function addsUp(terms: readonly ModelValue[], total: ModelValue): boolean {
  const whole = numbersOf(total);
  const parts = terms.map(numbersOf);
  return (
    whole.length > 0 &&
    parts.every((part) => part.length === whole.length) &&
    whole.every((number, i) => {
      const each = parts.map((part) => part[i] ?? NaN);
      const sum = each.reduce((before, part) => before + part, 0);
      const largest = Math.max(...[...each, number].map(Math.abs));
      return Object.is(sum, number) || Math.abs(sum - number) <= TOLERANCE * largest;
    })
  );
}

/** Of complex numbers cells show how large they are alone. */
function numbersOf({ dtype, scalar, cells }: ModelValue): readonly number[] {
  if (dtype.startsWith('complex')) return [];
  return scalar === null ? (cells?.cells ?? []) : [scalar];
}
