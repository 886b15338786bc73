// Ours and its peers over all graphs, one engine at a time. In: a file to write, then names of graphs (none: all).
// Out, in that file: JSON, [{"graph", "nodes", "edges", "engine", "ms", "crossings", ...}], or "failed" in place of figures.

import { writeFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

import { built } from '../load.mjs';
import { graphs } from './graphs-to-draw.mjs';
import { peers } from './peers.mjs';

/** Of processor time. */
const LIMIT_MS = 60_000;
const MOST_MB = 3000;

const [file, ...names] = process.argv.slice(2);
const module = await built('src/fixtures/bench-layout.ts');
const asked = [...graphs(await import(module))]
    .filter(([name]) => names.length === 0 || names.some((each) => name.includes(each)))
    .map(([graph, { nodes, edges }]) => ({ graph, nodes: nodes.length, edges: edges.length }))
    .sort((a, b) => a.nodes - b.nodes);

const answers = [];
for (const engine of process.env.ENGINES?.split(',') ?? ['Backlight', ...Object.keys(peers)]) {
    let worker = null;
    /** Of each kind of graph the fewest nodes that were too many. */
    const beyond = new Map();
    for (const { graph, nodes, edges } of asked) {
        const about = { graph, nodes, edges, engine };
        const kind = graph.replace(/[\d,]+/, '');
        if (nodes > (beyond.get(kind) ?? Infinity)) {
            answers.push({ ...about, failed: `not asked: gave up on ${beyond.get(kind)} nodes` });
            continue;
        }
        worker ??= await start(engine);
        const answer = await ask(worker, graph);
        answers.push({ ...about, ...answer });
        if (answer.failed) {
            beyond.set(kind, nodes);
            await worker.terminate();
            worker = null;
        }
    }
    await worker?.terminate();
}
writeFileSync(file, JSON.stringify(answers));
process.exit(0);

async function start(name) {
    const worker = new Worker(new URL('contender.mjs', import.meta.url), {
        workerData: { name, module },
        resourceLimits: { maxOldGenerationSizeMb: MOST_MB, stackSizeMb: 64 },
    });
    await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
    worker.on('error', () => undefined);
    return worker;
}

/** The engine's answer, or why there is none: an error of its own, or no answer within the limit. */
function ask(worker, graph) {
    return new Promise((resolve) => {
        const start = process.cpuUsage();
        const failed = (error) => answer({ failed: String(error.message ?? error).slice(0, 80) });
        const answer = (found) => {
            clearInterval(watch);
            worker.off('message', answer).off('error', failed);
            resolve(found);
        };
        const watch = setInterval(() => {
            const { user, system } = process.cpuUsage(start);
            if ((user + system) / 1000 > LIMIT_MS)
                answer({ failed: `no answer within ${LIMIT_MS / 1000} s` });
        }, 500);
        worker.on('message', answer).on('error', failed);
        worker.postMessage(graph);
    });
}
