/** From a layered order to blocks in one line, as the order has them in every layer; where layers contradict, by their middles. */
import { groupRows, int, real } from './arrays';
import type { Blocks } from './blocks';
import type { LayerOrder } from './crossings';
import { Heap } from './heap';

export function lineUp(blocks: Blocks, order: LayerOrder): Int32Array {
  const middles = middlesOf(blocks, order);
  const { left, right } = neighbours(blocks, order);
  const after = groupRows(blocks.count, left, right);
  const waiting = new Int32Array(blocks.count);
  for (const block of right) waiting[block] = int(waiting, block) + 1;
  const [ready, stuck] = [new Heap(), new Heap()];
  middles.forEach((middle, block) => (int(waiting, block) === 0 ? ready : stuck).push(block, middle));
  const placed = new Uint8Array(blocks.count);
  const line = new Int32Array(blocks.count);
  for (let i = 0; i < line.length;) {
    const block = ready.size > 0 ? ready.pop() : stuck.pop();
    if (placed[block]) continue;
    placed[block] = 1;
    line[i++] = block;
    for (let k = int(after.starts, block); k < int(after.starts, block + 1); k++) {
      const next = int(after.items, k);
      waiting[next] = int(waiting, next) - 1;
      if (int(waiting, next) === 0) ready.push(next, real(middles, next));
    }
  }
  return line;
}

/** Of each block the mean of its places, from the middles of its layers. */
function middlesOf(blocks: Blocks, order: LayerOrder): Float64Array {
  const sums = new Float64Array(blocks.count);
  const counts = new Int32Array(blocks.count);
  for (let layer = 0; layer < blocks.layerCount; layer++) {
    const [start, end] = [int(order.starts, layer), int(order.starts, layer + 1)];
    for (let i = start; i < end; i++) {
      const block = int(blocks.of, int(order.slots, i));
      sums[block] = real(sums, block) + (i - start) - (end - start - 1) / 2;
      counts[block] = int(counts, block) + 1;
    }
  }
  return sums.map((sum, block) => sum / int(counts, block));
}

/** Blocks that are neighbours in a layer. */
function neighbours(blocks: Blocks, order: LayerOrder): { left: Int32Array; right: Int32Array } {
  const count = order.slots.length - blocks.layerCount;
  const [left, right] = [new Int32Array(count), new Int32Array(count)];
  let pairs = 0;
  for (let layer = 0; layer < blocks.layerCount; layer++) {
    for (let i = int(order.starts, layer) + 1; i < int(order.starts, layer + 1); i++) {
      left[pairs] = int(blocks.of, int(order.slots, i - 1));
      right[pairs++] = int(blocks.of, int(order.slots, i));
    }
  }
  return { left, right };
}
