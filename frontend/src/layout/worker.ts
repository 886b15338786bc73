/** The layout worker: the middle's one impure file. A LayoutRequest comes in, its LayoutResponse goes out. */
import { answerLayout } from './answer';
import { LevelMemory } from './memory';
import type { LayoutRequest } from './messages';

const memory = new LevelMemory();

self.onmessage = (event: MessageEvent<LayoutRequest>): void => {
  self.postMessage(answerLayout(event.data, memory));
};
