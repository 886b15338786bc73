/** The free names of an expression, by the rules of the server (`parse/expression.py`): what becomes a leaf. Pure. */

const PREFIXES = new Set(['torch', 'F', 'nn', 'math', 'np']);
const CONSTANTS = new Set(['pi', 'π', 'e', 'tau', 'inf', 'nan']);
const KEYWORDS = new Set(
  'False None True and as assert async await else for from if import in is lambda not or yield'.split(' '),
);
/** A string (what is in an f-string's braces is left aside), a number, a name, or any other sign. */
const TOKEN =
  /(?:\b[a-z]{1,2})?(?:"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?)|(?:\d[\w.]*|\.\d\w*)|(?<name>[^\W\d][\p{L}\p{M}\p{N}_]*|\p{L}[\p{L}\p{M}\p{N}_]*)|:=|[=!<>]=|\S/giu;

interface Token {
  readonly text: string;
  readonly name: boolean;
}

/** In the order in which they come up. Functions that are called, arguments' names and what it binds itself are not. */
export function freeNames(expression: string): string[] {
  const tokens = [...expression.matchAll(TOKEN)].map(([text, name]): Token => ({
    text: text.normalize('NFKC'),
    name: name !== undefined && !KEYWORDS.has(text),
  }));
  const found = new Set<string>();
  const bound = new Set<string>();
  const binding = readBindings(tokens);
  tokens.forEach(({ text, name }, i) => {
    if (!name) return;
    if (binding.has(i)) bound.add(text);
    else if (isFree(text, tokens[i - 1]?.text ?? '', tokens[i + 1]?.text ?? '')) found.add(text);
  });
  return [...found].filter((name) => !bound.has(name));
}

function isFree(name: string, before: string, after: string): boolean {
  if (CONSTANTS.has(name) || name.startsWith('__') || before === '.' || after === '(') return false;
  if (after === '=' && (before === '(' || before === ',')) return false;
  return !(after === '.' && PREFIXES.has(name));
}

/** Where names are bound: before `:=`, between `for` and `in`, and the parameters of a lambda. */
function readBindings(tokens: readonly Token[]): Set<number> {
  const binding = new Set<number>();
  let within: 'for' | 'lambda' | null = null;
  tokens.forEach(({ text, name }, i) => {
    if (text === 'for' || text === 'lambda') within = text;
    else if ((within === 'for' && text === 'in') || (within === 'lambda' && text === ':')) within = null;
    else if (name && tokens[i + 1]?.text === ':=') binding.add(i);
    else if (name && within === 'for') binding.add(i);
    else if (name && within === 'lambda' && tokens[i - 1]?.text !== '=') binding.add(i);
  });
  return binding;
}
