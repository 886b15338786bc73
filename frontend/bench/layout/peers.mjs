// The engines one could take instead, each as a function from a graph to a drawing, on the same sizes and gaps.

import { instance } from '@viz-js/viz';
import dagre from '@dagrejs/dagre';
import ELK from 'elkjs/lib/elk.bundled.js';

const NODE_GAP = 32;
const LAYER_GAP = 56;
const INCH = 72;

const indexed = ({ nodes, edges }) => {
    const place = new Map(nodes.map(({ id }, i) => [id, i]));
    return edges.map(({ source, target }) => ({ source: place.get(source), target: place.get(target) }));
};

/** Graphviz as WebAssembly; its answer is read from the "plain" format. */
async function dot() {
    const viz = await instance();
    return (graph) => {
        const lines = ['digraph { graph [nodesep=', NODE_GAP / INCH, ' ranksep=', LAYER_GAP / INCH, ']'];
        lines.push('node [shape=box fixedsize=true label=""] edge [arrowhead=none]\n');
        graph.nodes.forEach(({ width, height }, i) =>
            lines.push(`${i} [width=${width / INCH} height=${height / INCH}]\n`),
        );
        for (const { source, target } of indexed(graph)) lines.push(`${source} -> ${target}\n`);
        const plain = viz.renderString(`${lines.join('')}}`, { format: 'plain', yInvert: true });
        return readPlain(plain, graph.nodes.length);
    };
}

function readPlain(plain, count) {
    const nodes = new Array(count);
    const edges = [];
    for (const line of plain.replaceAll('\\\n', '').split('\n')) {
        const words = line.split(' ');
        const numbers = words.map((word) => Number(word) * INCH);
        if (words[0] === 'node') {
            const [x, y, width, height] = numbers.slice(2, 6);
            nodes[Number(words[1])] = { x, y, width, height };
        } else if (words[0] === 'edge') {
            const points = numbers.slice(4, 4 + 2 * Number(words[3]));
            edges.push({ source: Number(words[1]), target: Number(words[2]), points, curved: true });
        }
    }
    return { nodes, edges };
}

async function elk() {
    const engine = new ELK();
    const layoutOptions = {
        'elk.algorithm': 'layered',
        'elk.direction': 'DOWN',
        'elk.edgeRouting': 'POLYLINE',
        'elk.spacing.nodeNode': NODE_GAP,
        'elk.layered.spacing.nodeNodeBetweenLayers': LAYER_GAP,
    };
    return async (graph) => {
        const ends = indexed(graph);
        const found = await engine.layout({
            id: 'root',
            layoutOptions,
            children: graph.nodes.map(({ width, height }, i) => ({ id: `${i}`, width, height })),
            edges: ends.map(({ source, target }, i) => ({
                id: `e${i}`,
                sources: [`${source}`],
                targets: [`${target}`],
            })),
        });
        return {
            nodes: found.children.map(({ x, y, width, height }) => ({
                x: x + width / 2,
                y: y + height / 2,
                width,
                height,
            })),
            edges: found.edges.map(({ sections: [{ startPoint, bendPoints = [], endPoint }] }, i) => ({
                ...ends[i],
                points: [startPoint, ...bendPoints, endPoint].flatMap(({ x, y }) => [x, y]),
                curved: false,
            })),
        };
    };
}

async function byDagre() {
    return (graph) => {
        const ends = indexed(graph);
        const drawn = new dagre.graphlib.Graph({ multigraph: true });
        drawn.setGraph({ nodesep: NODE_GAP, edgesep: NODE_GAP / 2, ranksep: LAYER_GAP });
        graph.nodes.forEach(({ width, height }, i) => drawn.setNode(`${i}`, { width, height }));
        ends.forEach(({ source, target }, i) => drawn.setEdge(`${source}`, `${target}`, {}, `${i}`));
        dagre.layout(drawn);
        return {
            nodes: graph.nodes.map((_, i) => drawn.node(`${i}`)),
            edges: ends.map(({ source, target }, i) => ({
                source,
                target,
                points: drawn.edge(`${source}`, `${target}`, `${i}`).points.flatMap(({ x, y }) => [x, y]),
                curved: false,
            })),
        };
    };
}

export const peers = { dot, elk, dagre: byDagre };
