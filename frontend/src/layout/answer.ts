/** A layout request answered; what goes wrong becomes a message. */
import { layout } from './layout';
import type { LayoutRequest, LayoutResponse } from './messages';

export function answerLayout(request: LayoutRequest): LayoutResponse {
  try {
    return { type: 'laid-out', id: request.id, layout: layout(request.graph, request.options) };
  } catch (error) {
    return {
      type: 'failed',
      id: request.id,
      message: error instanceof Error ? error.message : String(error),
    };
  }
}
