// A TypeScript module of ours, built as the page builds it. In: its path from frontend/. Out: the file to import.

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { build } from 'vite';

export async function built(path) {
    const outDir = mkdtempSync(join(tmpdir(), 'backlight-bench-'));
    await build({
        configFile: false,
        logLevel: 'warn',
        build: { ssr: path, outDir, emptyOutDir: true, target: 'es2023' },
    });
    return pathToFileURL(join(outDir, basename(path).replace(/\.ts$/, '.js'))).href;
}
