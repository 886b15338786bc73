/** The model's door: Document in, everything that layout, scene and page look up out. */
export { beginningText } from './beginnings';
export { buildModel } from './build';
export { foldShown } from './fold';
export { groupNameOf, groupShown } from './grouping';
export { lastUpTo } from './history';
export { iterationAt } from './iterations';
export { jointAt, together, wholeOf, type Joint, type Strength, type Whole } from './joints';
export { openGroups, type Choices } from './opening';
export { addsUp } from './additions';
export { formatNumber, formatSigned, magnitudeOf, toNumber } from './numbers';
export { objectiveOf, type Objective } from './objective';
export { progressOf } from './progress';
export { runOf, stepOver } from './runs';
export { searchGroups, searchNodes } from './search';
export { foldToText, modelToText } from './text';
export { gridOf, sizeText } from './values';
export type * from './folding';
export type * from './types';
