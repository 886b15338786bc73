/** A connected graph in layers and placed across them; small ones in two ways of layering, the better is kept. */
import { placeSections } from './across';
import { indices, int, real } from './arrays';
import { leastOf, type Drawn } from './choice';
import { waysAcross } from './coordinates';
import { countCrossings, type LayerOrder } from './crossings';
import type { DenseGraph } from './dense';
import { pinEnds } from './ends';
import { layerings } from './layering';
import { LARGE } from './ordering';
import { properGraph, type ProperGraph } from './proper';
import type { LayoutGraph } from './types';

/** Links of the proper graph, where it is not large, up to which another layering is tried; how much better it must be. */
const MOST_LINKS = 3000;
const MARGIN = 0.05;

export interface Trial {
  readonly layers: Int32Array;
  readonly proper: ProperGraph;
  /** Centres across the layers. */
  readonly x: Float64Array;
}

export function bestTrial(graph: LayoutGraph, dense: DenseGraph, across: Float64Array, gap: number): Trial {
  const [first, second] = layerings(dense).map((layers) => pinEnds(graph, layers));
  const trial = (layers: Int32Array): Trial => {
    const proper = properGraph(dense, layers);
    return { layers, proper, x: placeSections(proper, across, gap) };
  };
  const even = trial(first as Int32Array);
  if (second === undefined || dense.count >= LARGE || even.proper.upper.length > MOST_LINKS) return even;
  return leastOf(
    [even, trial(second)].map((each) => judged(each, across)),
    MARGIN,
  );
}

function judged(trial: Trial, across: Float64Array): Trial & Drawn {
  const { proper, x } = trial;
  const crossings = countCrossings(proper, orderOf(trial));
  return { ...trial, crossings, ...waysAcross(proper, across, x) };
}

function orderOf({ proper, x }: Trial): LayerOrder {
  const { layers, layerCount, count } = proper;
  const slots = indices(count).sort((a, b) => int(layers, a) - int(layers, b) || real(x, a) - real(x, b));
  const starts = new Int32Array(layerCount + 2);
  for (const layer of layers) starts[layer + 1] = int(starts, layer + 1) + 1;
  for (let l = 0; l <= layerCount; l++) starts[l + 1] = int(starts, l + 1) + int(starts, l);
  const positions = new Int32Array(count);
  slots.forEach((v, i) => (positions[v] = i - int(starts, int(layers, v))));
  return { starts, slots, positions };
}
