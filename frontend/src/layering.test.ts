/** The left-to-right rule: api < model < layout < scene < animation < state < interaction < view; the middle is pure. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';

const SOURCE = new URL('.', import.meta.url).pathname;
const ORDER = ['api', 'model', 'layout', 'scene', 'animation', 'state', 'interaction', 'view'];
const PURE = ['model', 'layout', 'scene', 'animation'];
const IMPURE_FILES = ['layout/worker.ts'];
const IMPORT =
  /^\s*(?:import|export)\s(?<what>[^'"]*?from\s*)?['"](?<path>[^'"]+)['"]|\bimport\(['"](?<lazy>[^'"]+)['"]\)/gm;
const WORLD =
  /(?<![.\w])(?:window|document|navigator|localStorage|fetch|performance|requestAnimationFrame|setTimeout|setInterval|Date|self)\s*[.(]|\bMath\.random\b|\bnew Date\b/;

interface Import {
  readonly file: string;
  readonly path: string;
  readonly typeOnly: boolean;
}

const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(ts|svelte)$/.test(file) && !/\.(test|spec)\.ts$/.test(file))
  .map((file) => ({ file, text: readFileSync(join(SOURCE, file), 'utf8') }));

function importsOf({ file, text }: { file: string; text: string }): Import[] {
  return Array.from(text.matchAll(IMPORT), ({ groups }) => ({
    file,
    path: groups?.path ?? groups?.lazy ?? '',
    typeOnly: /^type\b/.test(groups?.what ?? ''),
  }));
}

/** The folder under src that a file lies in or a relative import leads to; undefined for packages. */
function folderOf(path: string): string | undefined {
  return normalize(path).split('/')[0];
}

const inner = files
  .flatMap(importsOf)
  .filter(({ path }) => path.startsWith('.'))
  .map((found) => ({ ...found, to: folderOf(join(dirname(found.file), found.path)) ?? '' }));

describe('the folders of src', () => {
  test('there is something to check', () => {
    expect(inner.filter(({ file }) => folderOf(file) === 'scene').length).toBeGreaterThan(10);
  });

  test('each imports only itself and what stands left of it', () => {
    const wrong = inner.filter(({ file, to }) => {
      const from = ORDER.indexOf(folderOf(file) ?? '');
      return from >= 0 && ORDER.indexOf(to) > from;
    });
    expect(wrong).toEqual([]);
  });

  test('fixtures serve tests alone', () => {
    expect(inner.filter(({ file, to }) => to === 'fixtures' && folderOf(file) !== 'fixtures')).toEqual([]);
  });
});

describe.each(PURE)('%s is pure', (folder) => {
  const own = files.filter(({ file }) => folderOf(file) === folder && !IMPURE_FILES.includes(file));

  test('it imports no package, and of the API the types alone', () => {
    const imports = own.flatMap(importsOf);
    expect(imports.filter(({ path }) => !path.startsWith('.'))).toEqual([]);
    const api = imports.filter(({ path }) => path.includes('/api/'));
    expect(api.filter(({ path, typeOnly }) => !typeOnly || !path.endsWith('/api/types.gen'))).toEqual([]);
  });

  test('it names no window, clock, network or chance', () => {
    const code = own.map(({ file, text }) => ({
      file,
      text: text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, ''),
    }));
    expect(
      code.filter(({ text }) => WORLD.test(text)).map(({ file, text }) => [file, WORLD.exec(text)?.[0]]),
    ).toEqual([]);
  });
});
