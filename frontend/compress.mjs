// After a build: beside each file of text that the server hands out, the same compressed, as Brotli and as gzip.
// Files under 1 KiB stay alone: there is nothing to be won.

import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const FOLDER = new URL('../app/backlight/api/static/', import.meta.url).pathname;
const TEXT = /\.(js|css|html|svg|json)$/;
const LEAST_BYTES = 1024;

for (const name of readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((each) =>
    TEXT.test(each),
)) {
    const file = join(FOLDER, name);
    const bytes = readFileSync(file);
    if (bytes.length < LEAST_BYTES) continue;
    writeFileSync(`${file}.br`, brotliCompressSync(bytes));
    writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
}
