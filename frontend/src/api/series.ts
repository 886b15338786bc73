/**
 * Requests that follow one another, as while a number is pulled. One process may serve all of them, and once a WebSocket
 * is open it carries them: a message takes a browser less than half the time that a request takes.
 * In: bodies of requests, one at a time. Out: the texts of their answers; or nothing, where the connection is not open
 * yet or came to its end, and the request has to go by itself.
 */
export class Series {
  /** Nobody can guess it. */
  readonly name = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
  readonly #socket: WebSocket;
  #told: ((answer: string | null) => void) | null = null;
  #over = false;

  constructor(path: string) {
    const address = new URL(`${path}?series=${this.name}`, location.href);
    address.protocol = address.protocol.replace('http', 'ws');
    this.#socket = new WebSocket(address);
    this.#socket.onmessage = ({ data }) => this.#tell(data as string);
    this.#socket.onclose = () => this.#tell(null);
  }

  /** The answer to a request, which `signal` takes back; null where it did not come. Null at once where none can. */
  ask(body: string, signal: AbortSignal): Promise<string | null> | null {
    if (this.#socket.readyState !== WebSocket.OPEN || this.#told) return null;
    this.#socket.send(body);
    return new Promise((resolve, reject) => {
      const takeBack = (): void => {
        this.#told = null;
        this.#socket.close();
        reject(new DOMException('', 'AbortError'));
      };
      signal.addEventListener('abort', takeBack, { once: true });
      this.#told = (answer) => {
        signal.removeEventListener('abort', takeBack);
        resolve(answer);
      };
    });
  }

  /** Nothing follows; what is under way is answered still. */
  end(): void {
    this.#over = true;
    if (!this.#told) this.#socket.close();
  }

  #tell(answer: string | null): void {
    const tell = this.#told;
    this.#told = null;
    tell?.(answer);
    if (this.#over) this.#socket.close();
  }
}
