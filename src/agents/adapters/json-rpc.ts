import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { z } from 'zod';

/** A message from the other side that needs no answer. */
export interface Notification {
  readonly method: string;
  readonly params?: unknown;
}

interface Peer {
  /**
   * Sends a request.
   * @throws Error with the other side's message when it answers with an error, or when it exits before it
   *   answers
   */
  request(method: string, params: unknown): Promise<unknown>;
  notify(method: string): void;
}

const Message = z.object({
  id: z.union([z.number(), z.string()]).optional(),
  method: z.string().optional(),
  params: z.unknown().optional(),
  result: z.unknown().optional(),
  error: z.object({ message: z.string() }).optional(),
});

const METHOD_NOT_FOUND = -32601;

/**
 * A JSON-RPC client with one message on each line. It answers requests of the other side with an error,
 * because nobody is there to decide.
 */
export function connect(
  from: Readable,
  to: Writable,
  onNotification: (notification: Notification) => void,
): Peer {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let last = 0;
  const send = (message: unknown) => void to.write(`${JSON.stringify(message)}\n`);

  const lines = createInterface({ input: from });
  lines.on('line', (line) => {
    const { id, method, params, result, error } = read(line);
    if (method !== undefined && id !== undefined)
      send({ id, error: { code: METHOD_NOT_FOUND, message: 'nobody is there to decide' } });
    else if (method !== undefined) onNotification({ method, params });
    else if (typeof id === 'number' && error) waiting.get(id)?.reject(new Error(error.message));
    else if (typeof id === 'number') waiting.get(id)?.resolve(result);
  });
  lines.on('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('it exited before it answered'));
  });

  return {
    request(method, params) {
      const id = ++last;
      const answer = Promise.withResolvers<unknown>();
      waiting.set(id, answer);
      send({ id, method, params });
      return answer.promise.finally(() => waiting.delete(id));
    },
    notify: (method) => send({ method }),
  };
}

function read(line: string): z.infer<typeof Message> {
  try {
    return Message.parse(JSON.parse(line));
  } catch {
    return {};
  }
}
