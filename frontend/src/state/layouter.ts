/** The layout worker, called like a function. Only the newest request counts: older ones never answer. */
import type { LayoutRequest, LayoutResponse } from '../layout/messages';
import type { Layout, LayoutGraph, LayoutOptions } from '../layout/types';

interface Waiting {
  readonly id: number;
  readonly resolve: (layout: Layout) => void;
  readonly reject: (error: Error) => void;
}

export class Layouter {
  readonly #worker: Worker;
  #waiting: Waiting | null = null;
  #nextId = 0;

  constructor() {
    this.#worker = new Worker(new URL('../layout/worker.ts', import.meta.url), { type: 'module' });
    this.#worker.addEventListener('message', (event: MessageEvent<LayoutResponse>) =>
      this.#receive(event.data),
    );
  }

  request(graph: LayoutGraph, options: LayoutOptions): Promise<Layout> {
    const message: LayoutRequest = { type: 'layout', id: this.#nextId++, graph, options };
    return new Promise((resolve, reject) => {
      this.#waiting = { id: message.id, resolve, reject };
      this.#worker.postMessage(message);
    });
  }

  #receive(response: LayoutResponse): void {
    const waiting = this.#waiting;
    if (waiting?.id !== response.id) return;
    this.#waiting = null;
    if (response.type === 'laid-out') waiting.resolve(response.layout);
    else waiting.reject(new Error(response.message));
  }
}
