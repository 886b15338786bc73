/** What stands at the ends of the program's lines at a moment of playback. Pure. */
import type { Result, Told } from '../interaction/results';
import {
  formatNumber,
  sizeText,
  type DocumentNumber,
  type Model,
  type ModelNode,
  type ModelValue,
} from '../model';
import { gradientToken } from '../scene';
import { isIn } from './annotations';
import { shorterTexts } from './brief';
import { exactText } from './exact';

const LONGEST_PRINT = 60;
const SUMMARY_DIGITS = 2;

/**
 * For each line that is through, in the iteration shown, what it has made: the last value that got a name there, or
 * else the last value; what it printed; or that it was left out. Beside a leaf stands its gradient.
 */
export function resultsAt(model: Model, step: number, source = 0): Result[] {
  const { values, prints, notes, raised } = readLines(model, source);
  const lines = new Map<number, Result>();
  const add = (result: Result) => {
    if (!raised.has(result.line)) lines.set(result.line, result);
  };
  for (const [line, made] of values) {
    const result = valueAt(model, step, made);
    if (result) add({ line, ...result });
  }
  for (const print of prints) if (print.step <= step) add(print.result);
  notes.forEach(add);
  return [...lines.values()];
}

/** The lines that tell nothing at any step: they have the width to themselves. */
export function silentLines(model: Model, source = 0): number[] {
  const { values, prints, notes, raised } = readLines(model, source);
  const told = [
    ...values.keys(),
    ...[...prints.map(({ result }) => result), ...notes].map(({ line }) => line),
  ];
  const telling = new Set(told.filter((line) => !raised.has(line)));
  const { document } = model;
  const count = (document.sources[source]?.text ?? document.source).split('\n').length;
  return Array.from({ length: count }, (_, i) => i + 1).filter((line) => !telling.has(line));
}

function valueAt(model: Model, step: number, made: readonly ModelNode[]): Omit<Result, 'line'> | null {
  const shown = made.filter(({ id }) => model.shownAt(step).has(id));
  const nodes = shown.length > 0 ? shown : made;
  const last = model.stepOfNode(nodes.at(-1)?.id ?? -1) ?? Infinity;
  const node = nodes.findLast(({ name }) => name !== null) ?? nodes.at(-1);
  const value = node && last <= step ? model.valueAt(node.id, step) : null;
  if (!node || !value) return null;
  const grad = node.kind === 'leaf' ? model.gradAt(node.id, step) : null;
  const gradient = grad && {
    ...shortened(rangeOf(grad) ?? grad.text, grad),
    token: gradientToken(grad),
  };
  return { kind: 'value', told: outputsOf(model, node) ?? toldOf(value), gradient };
}

/** Of several outputs that have names, one after the other; null of one. */
function outputsOf(model: Model, { id, parts }: ModelNode): Told | null {
  const values = parts.flatMap((name, i) => {
    const value = model.document.nodes[id]?.outputs[i]?.value;
    return name === '' || value == null ? [] : (model.values[value] ?? []);
  });
  const [first, ...others] = values.map(toldOf);
  if (first === undefined || others.length === 0) return null;
  const joined = (of: (told: Told) => string): string => [first, ...others].map(of).join(', ');
  return {
    text: joined(({ text }) => text),
    exact: joined(({ exact }) => exact),
    shorter: [`${first.text}, …`],
  };
}

/** A number, a few of them, or a shape with where its elements lie. */
function toldOf(value: ModelValue): Told {
  const range = rangeOf(value);
  return shortened(range === null ? value.text : `${value.text}  ${range}`, value);
}

/** With shorter texts for where room is scarce, and the shape of what has one. */
function shortened(text: string, value: ModelValue): Told {
  const bare = sizeText(value.shape);
  const shorter = shorterTexts(text, value);
  return {
    text,
    exact: exactText(value),
    ...(shorter.length > 0 ? { shorter } : {}),
    ...(value.scalar === null && bare.length < text.length ? { bare } : {}),
  };
}

/** From where to where the elements go, of a value whose text is but its shape; first what is not finite. */
function rangeOf({ text, shape, scalar, stats }: ModelValue): string | null {
  if (scalar !== null || text !== sizeText(shape) || !stats) return null;
  const { nan, inf } = stats;
  const wrong = [...(nan > 0 ? [`${nan} NaN`] : []), ...(inf > 0 ? [`${inf} infinite`] : [])].join(', ');
  if (stats.min === null) return wrong || null;
  const range = stats.min === stats.max ? null : apart(stats.min, stats.max);
  const all = formatNumber(stats.min, SUMMARY_DIGITS);
  if (wrong === '') return range ?? `all ${all}`;
  return `${wrong}, else ${range ?? all}`;
}

/** Both ends with so many digits that they differ. */
function apart(min: DocumentNumber, max: DocumentNumber): string {
  const told = (digits: number): string[] => [min, max].map((each) => formatNumber(each, digits));
  const [low, high] = [SUMMARY_DIGITS, 4, 7].map(told).find(([one, other]) => one !== other) ?? told(17);
  return `${low} … ${high}`;
}

interface Lines {
  readonly values: ReadonlyMap<number, readonly ModelNode[]>;
  readonly prints: readonly { readonly step: number; readonly result: Result }[];
  readonly notes: readonly Result[];
  /** Lines that an error ended. */
  readonly raised: ReadonlySet<number | null>;
}

const known = new WeakMap<Model, Map<number, Lines>>();

/** What of it does not depend on the moment, read once for each source of a model. */
function readLines(model: Model, source: number): Lines {
  const ofModel = known.get(model) ?? new Map<number, Lines>();
  known.set(model, ofModel);
  const read = ofModel.get(source) ?? {
    values: nodesByEnd(model, source),
    prints: readPrints(model, source),
    notes: source === 0 ? readNotes(model) : [],
    raised: raisedIn(model, source),
  };
  ofModel.set(source, read);
  return read;
}

function raisedIn({ document }: Model, source: number): Lines['raised'] {
  const errors = document.cells.map(({ error }) => error).filter((error) => error?.source === source);
  return new Set(errors.map((error) => error && (error.end_line ?? error.line)));
}

/** An object's parts ("model.weight"), and what they were made of, say nothing about the line that made the object. */
function nodesByEnd(model: Model, source: number): Map<number, ModelNode[]> {
  const lines = new Map<number, ModelNode[]>();
  const ofObjects = new Set<number>();
  for (const node of model.nodes) {
    if (!isIn(source, node.place)) continue;
    const { endLine } = node.place;
    if (node.name?.includes('.') && node.parts.length === 0) {
      if (node.kind === 'leaf') ofObjects.add(endLine);
      continue;
    }
    const made = lines.get(endLine);
    if (made === undefined) lines.set(endLine, [node]);
    else made.push(node);
  }
  for (const line of ofObjects) {
    const named = lines.get(line)?.filter(({ name }) => name !== null) ?? [];
    if (named.length > 0) lines.set(line, named);
    else lines.delete(line);
  }
  return lines;
}

function readPrints({ document, steps }: Model, source: number): Lines['prints'] {
  return document.events.flatMap((event, step) => {
    const place = steps[step]?.place;
    if (event.kind !== 'print' || !isIn(source, place)) return [];
    const exact = event.text.trimEnd();
    const text = exact.split('\n', 1)[0]?.slice(0, LONGEST_PRINT) ?? '';
    return [{ step, result: { line: place.endLine, kind: 'print', told: { text, exact }, gradient: null } }];
  });
}

/** Lines that were no Python, and were left out; what is only told of cells of text is left aside. */
function readNotes({ document }: Model): Result[] {
  const lines = document.source.split('\n');
  return document.cells
    .flatMap(({ notes }) => notes)
    .filter(({ line }) => !lines[line - 1]?.startsWith('#'))
    .map(({ line, message }) => ({
      line,
      kind: 'note',
      told: { text: 'left out', exact: message },
      gradient: null,
    }));
}
