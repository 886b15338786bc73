/**
 * Whether a text is a Document that the page can play: its schema, the kind of every field that is read, and that
 * each id is one of those that there are. A Document may come from anybody; past here it is taken at its word.
 * In: text. Out: the Document. Throws `NotADocument`, which names the first place that is wrong.
 */
import type { Document } from './types';

export class NotADocument extends Error {
  override readonly name = 'NotADocument';
}

const SCHEMA = 'backlight/1';
const LONGEST_SHOWN = 40;

/** Looks at one value of the JSON; `at` says where it stands, and `sizes` how many there are of what ids count. */
type Rule = (value: unknown, at: string, sizes: Sizes) => void;
type Fields = Readonly<Record<string, unknown>>;
type Sizes = Readonly<Record<string, number>>;

export function documentIn(text: string): Document {
  const found = parsed(text);
  if (!isFields(found)) throw new NotADocument('This is JSON, but no Document of Backlight.');
  if (found.schema !== SCHEMA)
    throw new NotADocument(
      `Its schema is ${shown(found.schema)}. Documents of schema "${SCHEMA}" can be opened here.`,
    );
  DOCUMENT(found, '', sizesOf(found));
  return found as unknown as Document;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new NotADocument(`This is no JSON: ${(error as Error).message}.`);
  }
}

const COUNTED = ['values', 'nodes', 'edges', 'groups', 'passes', 'events', 'sources', 'cells'];

/** How many there are of each, and how many lines each source has. */
function sizesOf(whole: Fields): Sizes {
  const listed = COUNTED.map((name): [string, unknown[]] => [name, membersOf(whole[name])]);
  const lines = membersOf(whole.sources).map((source, i): [string, number] => {
    const content = isFields(source) ? source.text : '';
    return [linesOf(i), typeof content === 'string' ? content.split('\n').length : 0];
  });
  return Object.fromEntries([
    ...listed.map(([name, members]): [string, number] => [name, members.length]),
    ...lines,
  ]);
}

function membersOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function linesOf(source: number): string {
  return `lines of source ${source}`;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  const text = value === undefined ? 'missing' : JSON.stringify(value);
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}

// ── rules ───────────────────────────────────────────────────────────────────────────────────────

function must(holds: boolean, at: string, value: unknown, wanted: string): void {
  if (!holds) throw new NotADocument(`This Document is damaged: ${at} is ${shown(value)}, not ${wanted}.`);
}

const text: Rule = (value, at) => must(typeof value === 'string', at, value, 'a text');
const flag: Rule = (value, at) => must(typeof value === 'boolean', at, value, 'true or false');
const count: Rule = (value, at) => must(Number.isInteger(value), at, value, 'a whole number');
const quantity: Rule = (value, at) => must(typeof value === 'number', at, value, 'a number');

/** How JSON holds a number that it has no other way to hold: one that is not finite, or a large whole one. */
const WRITTEN = /^(?:NaN|-?Infinity|-?\d+)$/;

/** A number as JSON holds it: a complex one by its parts. */
const number: Rule = (value, at) => {
  const parts = isFields(value) ? [value.re, value.im] : [value];
  const fine = parts.every((part) =>
    typeof part === 'string' ? WRITTEN.test(part) : ['number', 'boolean'].includes(typeof part),
  );
  must(fine, at, value, 'a number');
};

const perhaps =
  (rule: Rule): Rule =>
  (value, at, sizes) => {
    if (value !== null) rule(value, at, sizes);
  };

/** For what came with a later version. */
const unlessMissing =
  (rule: Rule): Rule =>
  (value, at, sizes) => {
    if (value !== undefined) rule(value, at, sizes);
  };

const oneOf =
  (...words: string[]): Rule =>
  (value, at) =>
    must(typeof value === 'string' && words.includes(value), at, value, `one of ${words.join(', ')}`);

/** An id of what the Document has a list of. */
const idOf =
  (list: string): Rule =>
  (value, at, sizes) => {
    const size = sizes[list] ?? 0;
    const fine = Number.isInteger(value) && (value as number) >= 0 && (value as number) < size;
    must(fine, at, value, `one of the ${size} ${list}`);
  };

const listOf =
  (rule: Rule): Rule =>
  (value, at, sizes) => {
    if (!Array.isArray(value)) return must(false, at, value, 'a list');
    value.forEach((each, i) => rule(each, `${at}[${i}]`, sizes));
  };

/** A list whose members say their own place in it. */
const ordinals =
  (name: string, rule: Rule): Rule =>
  (value, at, sizes) => {
    listOf(rule)(value, at, sizes);
    (value as Fields[]).forEach((each, i) =>
      must(each[name] === i, `${at}[${i}].${name}`, each[name], `${i}`),
    );
  };

const record =
  (fields: Readonly<Record<string, Rule>>): Rule =>
  (value, at, sizes) => {
    if (!isFields(value)) return must(false, at, value, 'an object');
    for (const name in fields) fields[name]?.(value[name], at === '' ? name : `${at}.${name}`, sizes);
  };

const texts: Rule = (value, at) => {
  const fine = isFields(value) && Object.values(value).every((each) => typeof each === 'string');
  must(fine, at, value, 'texts by name');
};

/** Numbers in lists in lists, as deep as the shape goes. */
const elements: Rule = (value, at, sizes) => {
  if (Array.isArray(value)) value.forEach((each, i) => elements(each, `${at}[${i}]`, sizes));
  else number(value, at, sizes);
};

// ── the Document, field by field ────────────────────────────────────────────────────────────────

const value = perhaps(idOf('values'));
const spot = {
  line: perhaps(count),
  column: perhaps(count),
  end_line: perhaps(count),
  end_column: perhaps(count),
};
const PLACE = record({ ...spot, source: idOf('sources') });
const shape = listOf(count);

/** What stands somewhere: at lines that its source has. */
const placed =
  (fields: Readonly<Record<string, Rule>>): Rule =>
  (found, at, sizes) => {
    PLACE(found, at, sizes);
    const { line, end_line: end, source } = found as Record<'line' | 'end_line' | 'source', number | null>;
    const last = sizes[linesOf(source ?? 0)] ?? 0;
    const fine = line === null || (line >= 1 && (end ?? line) >= line && (end ?? line) <= last);
    must(fine, `${at}.line`, [line, end], `in the ${last} lines of its source`);
    record(fields)(found, at, sizes);
  };

const SHAPED = record({
  shape,
  dtype: text,
  data: perhaps(elements),
  picture: perhaps(record({ rows: count, columns: count, cells: listOf(listOf(perhaps(number))) })),
  stats: perhaps(
    record({
      ...{ min: perhaps(number), max: perhaps(number), mean: perhaps(number) },
      ...{ std: perhaps(number), norm: perhaps(number), nan: count, inf: count, zero: count },
    }),
  ),
});

const countOf = (value: unknown): number =>
  Array.isArray(value) ? value.reduce((sum: number, each) => sum + countOf(each), 0) : 1;

/** As many elements as the shape says; a picture of as many cells as it says. */
const VALUE: Rule = (found, at, sizes) => {
  SHAPED(found, at, sizes);
  const { data, shape: sizesOfAll, picture } = found as Shaped;
  const elementCount = sizesOfAll.reduce((product, size) => product * size, 1);
  must(data === null || countOf(data) === elementCount, `${at}.data`, data, `${elementCount} elements`);
  if (picture === null) return;
  const { rows, columns, cells } = picture;
  const fine = cells.length === rows && cells.every((row) => row.length === columns);
  must(fine, `${at}.picture`, picture, `${rows} rows of ${columns} cells`);
};

interface Shaped {
  readonly data: unknown;
  readonly shape: readonly number[];
  readonly picture: {
    readonly rows: number;
    readonly columns: number;
    readonly cells: readonly unknown[][];
  } | null;
}

const NODE = placed({
  kind: oneOf('leaf', 'input', 'op'),
  op: perhaps(text),
  label: text,
  names: listOf(text),
  calls: listOf(placed({})),
  groups: listOf(idOf('groups')),
  requires_grad: flag,
  outputs: listOf(record({ shape, dtype: text, value, names: listOf(text) })),
  shape: perhaps(shape),
  dtype: perhaps(text),
  value,
  saved: listOf(
    record({
      ...{ name: text, value, version: count, node: perhaps(idOf('nodes')), output_nr: perhaps(count) },
      ...{ freed: perhaps(idOf('events')), packed: flag },
    }),
  ),
  arguments: texts,
  made_in: perhaps(idOf('passes')),
  backward_of: perhaps(idOf('nodes')),
});

const EDGE = record({
  source: idOf('nodes'),
  target: idOf('nodes'),
  output_nr: count,
  input_nr: count,
  differentiable: flag,
  cut: perhaps(text),
});

const BOX = placed({
  kind: oneOf('module', 'function', 'loop', 'cell'),
  name: text,
  parent: perhaps(idOf('groups')),
  type: perhaps(text),
  module: perhaps(count),
  number: perhaps(count),
});

/** Outer groups come before the inner ones. */
const GROUP: Rule = (found, at, sizes) => {
  BOX(found, at, sizes);
  const { id, parent } = found as { id: number; parent: number | null };
  must(parent === null || parent < id, `${at}.parent`, parent, 'a group before it');
};

const HOOKED = listOf(placed({ before: value, after: value, kind: text, where: text, slot: count }));

const STEP = record({
  node: idOf('nodes'),
  grad_outputs: listOf(value),
  grad_inputs: listOf(value),
  contributions: listOf(record({ edge: idOf('edges'), value: idOf('values') })),
  hooked: HOOKED,
});

const PASS = placed({
  parent: perhaps(idOf('passes')),
  roots: listOf(idOf('nodes')),
  create_graph: flag,
  retain_graph: flag,
  steps: listOf(STEP),
  captured: listOf(record({ node: idOf('nodes'), output_nr: count, value, hooked: HOOKED })),
});

const about = { node: idOf('nodes') };
const changed = { ...about, before: value, after: value };
const EVENTS: Readonly<Record<string, Rule>> = {
  forward: record({ ...about, values: listOf(value) }),
  backward: record({ ...about, pass_index: idOf('passes'), step: count }),
  accumulate: record({ ...changed, pass_index: idOf('passes'), added: value }),
  retain: record({ ...changed, pass_index: idOf('passes'), added: value, output_nr: count }),
  'grad-cleared': record(changed),
  'grad-changed': record(changed),
  update: record(changed),
  print: record({ text }),
  warning: record({ message: text }),
  error: record({
    type: text,
    message: text,
    writes: unlessMissing(
      listOf(
        placed({
          op: text,
          version: count,
          node: perhaps(idOf('nodes')),
          nodes: listOf(idOf('nodes')),
          event: count,
        }),
      ),
    ),
  }),
};

const EVENT: Rule = (event, at, sizes) => {
  placed({ cell: perhaps(idOf('cells')), kind: oneOf(...Object.keys(EVENTS)) })(event, at, sizes);
  EVENTS[(event as { kind: string }).kind]?.(event, at, sizes);
};

const ERROR = placed({ type: text, message: text });
const CELL = record({
  start_line: count,
  end_line: count,
  output: text,
  warnings: listOf(record({ message: text, line: perhaps(count) })),
  error: perhaps(ERROR),
  notes: listOf(record({ message: text, line: count })),
});

const LISTED = record({
  source: text,
  seed: number,
  torch_version: text,
  sources: listOf(record({ name: text, text })),
  cells: ordinals('index', CELL),
  error: perhaps(ERROR),
  stopped: perhaps(record({ limit: text, line: perhaps(count), message: text })),
  values: ordinals('id', VALUE),
  nodes: ordinals('id', NODE),
  edges: ordinals('id', EDGE),
  groups: ordinals('id', GROUP),
  passes: ordinals('index', PASS),
  events: ordinals('index', EVENT),
  leaves: listOf(record({ name: text, node: idOf('nodes'), value, grad: value, check: perhaps(record({})) })),
  diagnostics: listOf(placed({ code: text, severity: text, message: text, node: perhaps(idOf('nodes')) })),
  truncated: listOf(record({ what: text, limit: text, value: quantity, count })),
  past: unlessMissing(
    listOf(
      placed({
        roots: listOf(perhaps(number)),
        gradients: listOf(record({ node: idOf('nodes'), norm: number })),
      }),
    ),
  ),
  unseen: listOf(record({ message: text, kind: text, node: perhaps(idOf('nodes')) })),
  timing: record({ total: quantity }),
});

/** Each step that an event tells of is one of its pass. */
const DOCUMENT: Rule = (found, at, sizes) => {
  LISTED(found, at, sizes);
  const { events, passes } = found as unknown as Document;
  events.forEach((event, i) => {
    if (event.kind !== 'backward') return;
    const steps = passes[event.pass_index]?.steps.length ?? 0;
    must(event.step >= 0 && event.step < steps, `events[${i}].step`, event.step, `one of ${steps} steps`);
  });
};
