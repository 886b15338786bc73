/** A layout request answered; what goes wrong becomes a message. */
import type { LevelMemory } from './memory';
import type { LayoutRequest, LayoutResponse } from './messages';
import { layoutNested } from './nested';

/** `memory` keeps what is laid out from one request to the next. */
export function answerLayout(request: LayoutRequest, memory?: LevelMemory): LayoutResponse {
  try {
    const layout = layoutNested(request.graph, request.options, memory);
    return { type: 'laid-out', id: request.id, layout };
  } catch (error) {
    return {
      type: 'failed',
      id: request.id,
      message: error instanceof Error ? error.message : String(error),
    };
  }
}
