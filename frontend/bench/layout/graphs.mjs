// Documents into the graphs that the page lays out. In: a folder of Documents, the file to write.
// Out, in that file: JSON, one graph a line, {"name", "sizes": [width, height, ...], "edges": [source, target, slot, ...]}.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { built } from '../load.mjs';

const [folder, file] = process.argv.slice(2);
const { buildModel, layoutGraph } = await import(await built('src/fixtures/recorded.ts'));

const lines = readdirSync(folder)
    .sort()
    .map((name) => {
        const { nodes, edges } = layoutGraph(
            buildModel(JSON.parse(readFileSync(join(folder, name), 'utf8'))),
        );
        const place = new Map(nodes.map(({ id }, i) => [id, i]));
        return JSON.stringify({
            name: name.replace(/\.json$/, ''),
            sizes: nodes.flatMap(({ width, height }) => [width, height]),
            edges: edges.flatMap(({ source, target, slot }) => [place.get(source), place.get(target), slot]),
        });
    });
writeFileSync(file, `[\n${lines.join(',\n')}\n]\n`);
