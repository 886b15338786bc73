// One engine, in a process of its own that can be ended, or run out of memory. In: its name and the module of ours, then
// the name of a graph at a time. Out: how long it took, and how good it is.

import { graphs } from './graphs-to-draw.mjs';
import { peers } from './peers.mjs';

/** Processor time, of which a busy machine takes nothing away; of several short runs the fastest counts. */
const ROUNDS = 5;
const LONG_MS = 1000;
/** Beyond this many edges, crossings are too many to count. */
const MOST_EDGES = 6000;

const [name, module] = process.argv.slice(2);
const ours = await import(module);
const known = graphs(ours);
const engine =
    name === 'Backlight' ? (graph) => ours.layout(graph, { direction: 'down' }) : await peers[name]();

process.on('message', async (asked) => {
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
    process.send({ ms: least, ...judged });
});
process.send('ready');

function judge(found) {
    if (name !== 'Backlight') return ours.measure(found);
    const labels = [...found.edges.values()].flatMap(({ label }) => label ?? []);
    return { ...ours.measure(ours.drawingOf(found)), labels: ours.overlappingLabels(labels) };
}
