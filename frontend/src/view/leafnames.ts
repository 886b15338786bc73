/** How the names of leaves stand below each other: a long path once, above the names that have it. Pure. */

export interface LeafName {
  /** The path that begins here, "model.transformer.h.0"; null where it goes on, or where there is none. */
  readonly heading: string | null;
  /** What stands in the row. */
  readonly short: string;
}

/** Names with fewer parts stand as they are. */
const LEAST_PARTS = 4;
/** Of a longer one so many stand in the row: a layer's name and its parameter's. */
const KEPT = 2;

export function leafNames(names: readonly string[]): LeafName[] {
  let current = '';
  return names.map((name) => {
    const parts = name.split('.');
    const path = parts.length < LEAST_PARTS ? '' : parts.slice(0, -KEPT).join('.');
    const heading = path !== '' && path !== current ? path : null;
    current = path;
    return { heading, short: path === '' ? name : parts.slice(-KEPT).join('.') };
  });
}
