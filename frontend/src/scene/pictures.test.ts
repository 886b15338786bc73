/** Each sample as a reader first sees it, at its end: drawn anew, and compared with the picture that is kept of it. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { foldOf } from '../fixtures/folds';
import { layoutNested } from '../layout';
import { buildModel, type Document } from '../model';
import { buildScene } from './build';
import { foldedGraph } from './group-face';
import { palette } from './palette';
import { toSvg } from './svg';

const ROOT = new URL('../../../', import.meta.url).pathname;
const SAMPLES = `${ROOT}tests/samples`;
/** A command is left to the search path; a path is one from the front end's folder. */
const PYTHON = process.env.PYTHON ?? '../.venv/bin/python';
const REWRITE =
  'the picture changed; `python scripts/rewrite_samples.py` accepts the new one, after a look at it';

function picture(document: Document): string | null {
  const model = buildModel(document);
  const step = model.steps.length - 1;
  const fold = foldOf(model, {}, step);
  if (fold.items.size === 0) return null;
  const layout = layoutNested(foldedGraph(model, fold), { direction: 'down' });
  const at = { playhead: { step, t: 1 }, selection: null, hovered: null, theme: 'light' } as const;
  const svg = toSvg(buildScene({ model, fold, layout, ...at }), palette.light, layout.bounds);
  return inTenths(svg);
}

/** What is finer than a tenth cannot be seen, and would differ from one machine to the next. */
function inTenths(svg: string): string {
  const rounded = (number: string): string => String(Math.round(Number(number) * 10) / 10 + 0);
  return svg.replace(/ (?!\S*opacity)[\w-]+="[^"]*"/g, (attribute) =>
    attribute.replace(/-?\d+\.\d+/g, rounded),
  );
}

/** What stands beyond the picture's border: texts, taken to be as wide as they are long, and what they stand on. */
function beyond(svg: string): string[] {
  const numbers = (element: string, ...names: string[]): number[] =>
    names.map((name) => Number(new RegExp(` ${name}="([^"]*)"`).exec(element)?.[1] ?? 0));
  const [left = 0, top = 0, width = 0, height = 0] =
    /viewBox="([^"]*)"/.exec(svg)?.[1]?.split(' ').map(Number) ?? [];
  const outside = (x: number, y: number, w: number, h: number): boolean =>
    x < left - 0.2 || y < top - 0.2 || x + w > left + width + 0.2 || y + h > top + height + 0.2;
  const texts = [...svg.matchAll(/<text [^>]*>([^<]*)</g)].filter(([element, text = '']) => {
    const [x = 0, y = 0, size = 0] = numbers(element, 'x', 'y', 'font-size');
    const long = Array.from(text.replace(/&\w+;/g, '_')).length * size * 0.6;
    const before = element.includes('"middle"') ? long / 2 : element.includes('"end"') ? long : 0;
    return outside(x - before, y - size * 0.7, long, size * 0.7);
  });
  const rects = [...svg.matchAll(/<rect [^>]*>/g)].filter(([element]) => {
    const [x = 0, y = 0, w = 0, h = 0] = numbers(element, 'x', 'y', 'width', 'height');
    return outside(x, y, w, h);
  });
  return [...texts, ...rects].map(([element]) => element);
}

const names = readdirSync(SAMPLES).sort();
let documents: Readonly<Record<string, Document>> = {};

beforeAll(() => {
  const made = execFileSync(PYTHON, [`${ROOT}scripts/sample_documents.py`], { maxBuffer: 2 ** 28 });
  documents = JSON.parse(made.toString()) as typeof documents;
}, 120_000);

test('every sample is drawn', () => {
  expect(Object.keys(documents).sort()).toEqual(names);
});

test.each(names)('%s', async (name) => {
  const document = documents[name];
  const drawn = document ? picture(document) : null;
  const kept = `${SAMPLES}/${name}/expected/picture.svg`;
  expect(beyond(drawn ?? '')).toEqual([]);
  if (drawn === null) expect(existsSync(kept), 'a sample without a graph has no picture').toBe(false);
  else await expect(drawn, REWRITE).toMatchFileSnapshot(kept);
});
