import type { IncomingMessage, ServerResponse } from 'node:http';

/** Something that goes wrong with the next requests that match. */
export interface Fault {
  readonly method?: string;
  /** Of the path without its query. */
  readonly path: RegExp;
  /**
   * A status to answer instead of doing anything, `reset` to drop the connection at once, `truncate` to drop it amid the
   * answer, or `after` to do what is asked and drop the connection instead of answering.
   */
  readonly status: number | 'reset' | 'truncate' | 'after';
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, or text as it is. */
  readonly body?: unknown;
  /** How many requests it meets; 1 when absent. */
  readonly times?: number;
  /** How many it lets pass before; none when absent. */
  readonly skip?: number;
}

/** A request that waits until it is released. */
export interface Held {
  /** Resolves when it has come. */
  readonly arrived: Promise<void>;
  release(): void;
}

export function createFaults() {
  const pending: { fault: Fault; skip: number; left: number }[] = [];
  const holds: { method: string; path: RegExp; arrive(): void; released: Promise<void> }[] = [];
  return {
    add(fault: Fault): void {
      pending.push({ fault, skip: fault.skip ?? 0, left: fault.times ?? 1 });
    },

    /** Holds the next request that matches before anything is done for it. */
    hold(method: string, path: RegExp): Held {
      const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
      const { promise: released, resolve: release } = Promise.withResolvers<void>();
      holds.push({ method, path, arrive, released });
      return { arrived, release };
    },

    /** Resolves at once unless the request is to be held. */
    async pass({ method }: IncomingMessage, path: string): Promise<void> {
      const index = holds.findIndex((hold) => hold.method === method && hold.path.test(path));
      const [held] = index < 0 ? [] : holds.splice(index, 1);
      held?.arrive();
      await held?.released;
    },

    /** @returns true when the request has been dealt with, badly */
    apply(request: IncomingMessage, response: ServerResponse, path: string): boolean {
      const entry = pending.find(
        ({ fault: { method = request.method, path: pattern }, left }) =>
          left > 0 && method === request.method && pattern.test(path),
      );
      if (!entry) return false;
      if (entry.skip > 0) {
        entry.skip -= 1;
        return false;
      }
      entry.left -= 1;
      const { status, headers, body = { message: 'A fault, on purpose' } } = entry.fault;
      if (status === 'reset') request.socket.destroy();
      else if (status === 'truncate') answerInPart(response);
      else if (status === 'after') hangUpInsteadOfAnswering(response);
      else if (typeof body === 'string')
        response.writeHead(status, { 'content-type': 'text/html', ...headers }).end(body);
      else
        response
          .writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
          .end(JSON.stringify(body));
      return status !== 'after';
    },
  };
}

function hangUpInsteadOfAnswering(response: ServerResponse): void {
  Object.assign(response, {
    flushHeaders: () => undefined,
    write: () => true,
    end: () => {
      response.socket?.destroy();
      return response;
    },
  });
}

function answerInPart(response: ServerResponse): void {
  const text = '{"data": {"repository": {';
  response.writeHead(200, {
    ...{ 'content-type': 'application/json; charset=utf-8' },
    'content-length': String(text.length + 100),
  });
  response.write(text, () => response.socket?.destroy());
}
