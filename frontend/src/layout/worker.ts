/** The layout worker: the middle's one impure file. A LayoutRequest comes in, its LayoutResponse goes out. */
import { answerLayout } from './answer';
import type { LayoutRequest } from './messages';

self.onmessage = (event: MessageEvent<LayoutRequest>): void => {
  self.postMessage(answerLayout(event.data));
};
