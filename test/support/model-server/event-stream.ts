interface ServerSentEvent {
  readonly name: string;
  readonly data: unknown;
}

const HEADERS = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' };

/** Server-sent events, all at once. */
export const eventStream = (events: readonly ServerSentEvent[]): Response =>
  new Response(
    events.map(({ name, data }) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`).join(''),
    { headers: HEADERS },
  );

/** A stream that begins well and ends in the middle of an event. */
export const brokenStream = (): Response =>
  new Response(
    'event: message_start\ndata: {"type":"message_start","mess\n\nevent: \0\ndata: <html>',
    {
      headers: HEADERS,
    },
  );
