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
  /** With `after`: what happens once it is done, before the connection is dropped. */
  readonly meanwhile?: () => Promise<void>;
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

/** A request whose connection was cut, and that is carried out all the same, later. */
export interface Late {
  /** Resolves when it has come, and its connection is cut. */
  readonly arrived: Promise<void>;
  /** Resolves when it is carried out. */
  carryOut(): Promise<void>;
}

/** Carries a request out; nobody hears of the answer. */
type CarryOut = (request: Request) => Promise<unknown>;

export function createFaults(origin: () => string, carryOut: CarryOut) {
  const cuts: {
    method: string;
    path: RegExp;
    skip: number;
    cut(request: IncomingMessage): Promise<void>;
  }[] = [];
  const pending: { fault: Fault; skip: number; left: number }[] = [];
  const holds: {
    method: string;
    path: RegExp;
    skip: number;
    arrive(): void;
    released: Promise<void>;
  }[] = [];
  return {
    add(fault: Fault): void {
      pending.push({ fault, skip: fault.skip ?? 0, left: fault.times ?? 1 });
    },

    /** Holds the next request that matches before anything is done for it. */
    hold(method: string, path: RegExp, skip = 0): Held {
      const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
      const { promise: released, resolve: release } = Promise.withResolvers<void>();
      holds.push({ method, path, skip, arrive, released });
      return { arrived, release };
    },

    /** Cuts the next request that matches off once it has come whole; it is carried out when the test says so. */
    cut(method: string, path: RegExp, skip = 0): Late {
      const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
      let kept: Request | undefined;
      cuts.push({
        ...{ method, path, skip },
        async cut(request) {
          const chunks: Buffer[] = [];
          for await (const chunk of request) chunks.push(chunk);
          const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [
            name,
            String(value),
          ]);
          const body = Buffer.concat(chunks);
          kept = new Request(`${origin()}${request.url}`, { method, headers, body });
          request.socket.destroy();
          arrive();
        },
      });
      return {
        arrived,
        async carryOut() {
          if (!kept) throw new Error('no request was cut off yet');
          await carryOut(kept);
        },
      };
    },

    /** @returns whether it was cut off */
    async cutOff(request: IncomingMessage, path: string): Promise<boolean> {
      const found = take(cuts, request.method, path);
      await found?.cut(request);
      return found !== undefined;
    },

    /** Resolves at once unless the request is to be held. */
    async pass({ method }: IncomingMessage, path: string): Promise<void> {
      const held = take(holds, method, path);
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
      else if (status === 'after') hangUpInsteadOfAnswering(response, entry.fault.meanwhile);
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

/** The first that is meant for a request; those that let it pass count it. */
function take<One extends { readonly method: string; readonly path: RegExp; skip: number }>(
  all: One[],
  method: string | undefined,
  path: string,
): One | undefined {
  const index = all.findIndex((one) => one.method === method && one.path.test(path));
  const found = all[index];
  if (!found) return undefined;
  if (found.skip > 0) {
    found.skip -= 1;
    return undefined;
  }
  all.splice(index, 1);
  return found;
}

function hangUpInsteadOfAnswering(
  response: ServerResponse,
  meanwhile: () => Promise<void> = async () => undefined,
): void {
  Object.assign(response, {
    flushHeaders: () => undefined,
    write: () => true,
    end: () => {
      void meanwhile().finally(() => response.socket?.destroy());
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
