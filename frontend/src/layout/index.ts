/** The layout's door: node sizes and edges in, places and curves out. `worker.ts` does the same off the main thread. */
export { renamed, sameShape } from './alike';
export { answerLayout } from './answer';
export { LABEL_HEIGHT } from './labels';
export { layout } from './layout';
export { LevelMemory } from './memory';
export { layoutNested } from './nested';
export { layoutToText } from './text';
export type * from './messages';
export type * from './types';
