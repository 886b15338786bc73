/** What is told of a value where room is scarce, longest first: a number is rounded or left out, and never cut. Pure. */
import { formatNumber, sizeText, type DocumentNumber, type ModelValue } from '../model';
import { fitting } from '../scene';

/** Two columns of numbers this long leave room for a name. */
const MOST_IN_TABLE = 10;

/** Among values a shape is not to be taken for one: "size 3" rather than "[3]". */
export function inTable(value: ModelValue): string {
  const text = fitting(value, MOST_IN_TABLE);
  const [length, ...rest] = value.shape;
  const isShape = value.scalar === null && text === sizeText(value.shape);
  return isShape && length !== undefined && rest.length === 0 ? `size ${length}` : text;
}

/** As it follows on how many elements are not finite. */
const FINITE_REST = /, else .*$/;

const FEWER_DIGITS = [3, 2];
const TERSE_DIGITS = [2, 1];

/**
 * Of numbers that `text` lists, fewer digits; then only what tells them apart, "−.59 .12 .024" and "−.6 .1 .02"; then as
 * many of the first as have room, "−.59 …". Of anything else, the same without zeros that need not be there; and where
 * some of it is not finite, that alone, which is what is looked for.
 */
export function shorterTexts(text: string, { text: listed, scalar, data, shape }: ModelValue): string[] {
  const elements = Array.isArray(data) && listed !== sizeText(shape) ? (data as DocumentNumber[]) : [];
  const numbers = scalar === null ? elements : [scalar];
  const written = (digits: number): string => {
    const each = numbers.map((number) => formatNumber(number, digits)).join(', ');
    return scalar === null ? `[${each}]` : each;
  };
  const texts = numbers.length > 0 ? FEWER_DIGITS.map(written) : [];
  const isReal = numbers.every((number) => typeof number !== 'object');
  const all = [...texts, ...(isReal ? terse(numbers) : [])];
  return shrinking(text, numbers.length > 0 ? all : [withoutZeros(text), text.replace(FINITE_REST, '')]);
}

function terse(numbers: readonly DocumentNumber[]): string[] {
  return numbers.flatMap((_, left) =>
    TERSE_DIGITS.map((digits) => {
      const first = numbers.slice(0, numbers.length - left).map((number) => formatNumber(number, digits));
      return withoutZeros([...first, ...(left > 0 ? ['…'] : [])].join(' '));
    }),
  );
}

const withoutZeros = (text: string): string => text.replace(/\b0\./g, '.');

/** Of these, each that is shorter than all before it. */
function shrinking(text: string, texts: readonly string[]): string[] {
  let least = text.length;
  return texts.filter((each) => each.length < least && (least = each.length) > 0);
}
