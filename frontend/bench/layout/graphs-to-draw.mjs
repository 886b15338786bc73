// The graphs of the benchmark by name: real models, then those made by rule, the large ones last.

import { pathToFileURL } from 'node:url';

const RECORDED = pathToFileURL('src/fixtures/models.json');

export function graphs({ recordedGraphs, chain, comb, fan, ladder, recurrent }) {
    return new Map([
        ...recordedGraphs(RECORDED),
        ['chain of 300', chain(300)],
        ['comb of 150', comb(150)],
        ['fan of 100', fan(100)],
        ['ladder, 4 blocks', ladder(4)],
        ['ladder, 12 blocks', ladder(12)],
        ['RNN, 60 steps', recurrent(60, false)],
        ['RNN, 60 steps, shared weights', recurrent(60, true)],
        ['chain of 2,000', chain(2000)],
        ['comb of 1,000', comb(1000)],
        ['ladder, 48 blocks', ladder(48)],
        ['RNN, 400 steps', recurrent(400, false)],
        ['RNN, 1,000 steps', recurrent(1000, false)],
        ['RNN, 4,900 steps', recurrent(4900, false)],
        ['RNN, 6,500 steps, shared weights', recurrent(6500, true)],
    ]);
}
