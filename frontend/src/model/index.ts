/** The model's door: Document in, everything that layout, scene and page look up out. */
export { buildModel } from './build';
export { formatNumber, formatSigned, toNumber } from './numbers';
export { searchNodes } from './search';
export { modelToText } from './text';
export { gridOf, sizeText } from './values';
export type * from './types';
