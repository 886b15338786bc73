// One engine, in a thread of its own that can be ended. In: the name of a graph. Out: how long it took, and how good it is.

import { parentPort, workerData } from 'node:worker_threads';

import { graphs } from './graphs-to-draw.mjs';
import { peers } from './peers.mjs';

/** Processor time, of which a busy machine takes nothing away; of several short runs the fastest counts. */
const ROUNDS = 5;
const LONG_MS = 1000;
/** Beyond this many edges, crossings are too many to count. */
const MOST_EDGES = 6000;

const { name, module } = workerData;
const ours = await import(module);
const known = graphs(ours);
const engine =
    name === 'Backlight' ? (graph) => ours.layout(graph, { direction: 'down' }) : await peers[name]();

parentPort.on('message', async (asked) => {
    const graph = known.get(asked);
    let least = Infinity;
    let found;
    for (let round = 0; round < ROUNDS && (round === 0 || least < LONG_MS); round++) {
        const start = process.cpuUsage();
        found = await engine(graph);
        const { user, system } = process.cpuUsage(start);
        least = Math.min(least, (user + system) / 1000);
    }
    const judged = graph.edges.length <= MOST_EDGES ? judge(found) : null;
    parentPort.postMessage({ ms: least, ...judged });
});
parentPort.postMessage('ready');

function judge(found) {
    if (name !== 'Backlight') return ours.measure(found);
    const labels = [...found.edges.values()].flatMap(({ label }) => label ?? []);
    return { ...ours.measure(ours.drawingOf(found)), labels: ours.overlappingLabels(labels) };
}
