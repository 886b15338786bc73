/**
 * Isotonic regression by pooling adjacent violators: places as near to the wished ones as weights say, in the
 * given order and with at least the given gaps.
 */
import { real } from './arrays';

/** `gaps[i]` is the least distance from place i - 1 to place i; gaps[0] is not read. O(n). */
export function separate(wishes: Float64Array, weights: Float64Array, gaps: Float64Array): Float64Array {
  const count = wishes.length;
  const offsets = new Float64Array(count);
  for (let i = 1; i < count; i++) offsets[i] = real(offsets, i - 1) + real(gaps, i);
  const means = new Float64Array(count);
  const masses = new Float64Array(count);
  const lasts = new Int32Array(count);
  let pools = 0;
  for (let i = 0; i < count; i++) {
    let mean = real(wishes, i) - real(offsets, i);
    let mass = real(weights, i);
    while (pools > 0 && real(means, pools - 1) > mean) {
      pools--;
      const joint = mass + real(masses, pools);
      mean = (mean * mass + real(means, pools) * real(masses, pools)) / joint;
      mass = joint;
    }
    means[pools] = mean;
    masses[pools] = mass;
    lasts[pools++] = i;
  }
  for (let pool = 0, i = 0; pool < pools; pool++) {
    for (; i <= (lasts[pool] as number); i++) offsets[i] = real(offsets, i) + real(means, pool);
  }
  return offsets;
}
