import type { McpServer } from '@modelcontextprotocol/server';

/** How often a resource that the chat has subscribed to is read, in milliseconds. */
const INTERVAL = 2_000;

/** Tells the chat when a resource has changed that it has subscribed to. While it has not, nothing is read. */
export function notifyOfChanges(
  { server }: McpServer,
  uri: string,
  read: () => Promise<string>,
): void {
  let watching: AbortController | undefined;
  server.registerCapabilities({ resources: { subscribe: true } });
  server.setRequestHandler('resources/subscribe', async ({ params }) => {
    if (params.uri === uri && !watching) {
      watching = new AbortController();
      const { signal } = watching;
      // Read before the answer: what changes after it is a change.
      const last = await read();
      const changed = () => server.sendResourceUpdated({ uri });
      watch({ read, last, signal, changed }).catch((error) => server.onerror?.(error));
    }
    return {};
  });
  const stop = () => {
    watching?.abort();
    watching = undefined;
  };
  server.setRequestHandler('resources/unsubscribe', ({ params }) => {
    if (params.uri === uri) stop();
    return {};
  });
  server.onclose = stop;
}

interface Watched {
  read(): Promise<string>;
  readonly last: string;
  readonly signal: AbortSignal;
  changed(): Promise<void>;
}

async function watch({ read, last, signal, changed }: Watched): Promise<void> {
  for (let before = last; !signal.aborted; ) {
    await new Promise((resolve) => setTimeout(resolve, INTERVAL).unref());
    const now = await read();
    if (now !== before && !signal.aborted) await changed();
    before = now;
  }
}
