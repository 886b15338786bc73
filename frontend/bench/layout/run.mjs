// Ours and its peers over all graphs, one engine at a time. In: a file to write, then names of graphs (none: all).
// Out, in that file: JSON, [{"graph", "nodes", "edges", "engine", "ms", "crossings", ...}], or "failed" in place of figures.

import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { built } from '../load.mjs';
import { graphs } from './graphs-to-draw.mjs';
import { peers } from './peers.mjs';

/** Of processor time. */
const LIMIT_MS = 60_000;
const MOST_MB = 3000;
/** The peers call themselves, deep. */
const STACK_KB = 64_000;
const TICK_MS = 10;

const [file, ...names] = process.argv.slice(2);
const module = await built('src/fixtures/bench-layout.ts');
const asked = [...graphs(await import(module))]
    .filter(([name]) => names.length === 0 || names.some((each) => name.includes(each)))
    .map(([graph, { nodes, edges }]) => ({ graph, nodes: nodes.length, edges: edges.length }))
    .sort((a, b) => a.nodes - b.nodes);

const answers = [];
for (const engine of process.env.ENGINES?.split(',') ?? ['Backlight', ...Object.keys(peers)]) {
    let contender = null;
    /** Of each kind of graph the fewest nodes that were too many. */
    const beyond = new Map();
    for (const { graph, nodes, edges } of asked) {
        const about = { graph, nodes, edges, engine };
        const kind = graph.replace(/[\d,]+/, '');
        if (nodes > (beyond.get(kind) ?? Infinity)) {
            answers.push({ ...about, failed: `not asked: gave up on ${beyond.get(kind)} nodes` });
            continue;
        }
        contender ??= await start(engine);
        const answer = await ask(contender, graph);
        answers.push({ ...about, ...answer });
        if (answer.failed) {
            beyond.set(kind, nodes);
            contender.kill('SIGKILL');
            contender = null;
        }
    }
    contender?.kill('SIGKILL');
}
writeFileSync(file, JSON.stringify(answers));
process.exit(0);

async function start(name) {
    const room = [`--max-old-space-size=${MOST_MB}`, `--stack-size=${STACK_KB}`];
    const script = fileURLToPath(new URL('contender.mjs', import.meta.url));
    const command = [process.execPath, ...room, script, name, module];
    const contender = spawn('sh', ['-c', `ulimit -s ${STACK_KB + 1_536} && exec "$0" "$@"`, ...command], {
        stdio: ['ignore', 'inherit', 'ignore', 'ipc'],
    });
    await new Promise((resolve, reject) => contender.once('message', resolve).once('exit', reject));
    return contender;
}

/** The engine's answer, or why there is none: its process has ended, or not answered within the limit. */
function ask(contender, graph) {
    return new Promise((resolve) => {
        const start = processorMs(contender);
        const answer = (found) => {
            clearInterval(watch);
            contender.off('message', answer).off('exit', ended);
            resolve(found);
        };
        const ended = (code, signal) => answer({ failed: `its process ended: ${signal ?? code}` });
        const watch = setInterval(() => {
            if (processorMs(contender) - start > LIMIT_MS)
                answer({ failed: `no answer within ${LIMIT_MS / 1000} s` });
        }, 500);
        contender.on('message', answer).on('exit', ended);
        contender.send(graph);
    });
}

/** What a process has used of the processor until now. */
function processorMs({ pid }) {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}
