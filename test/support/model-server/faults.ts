import { brokenStream } from './event-stream.ts';
import type { Fault } from './scenario.ts';

/** What a fault looks like from outside; `gone` is aborted when the client has gone. */
export async function faulty(fault: Fault, api: Api, gone: AbortSignal): Promise<Response> {
  switch (fault.fault) {
    case 'limit':
      return LIMITED[api](fault.resetsAt);
    case 'overloaded':
      return OVERLOADED[api]();
    case 'malformed':
      return brokenStream();
    case 'silence':
      await new Promise((resolve) => gone.addEventListener('abort', resolve, { once: true }));
      return new Response(null, { status: 499 });
  }
}

export type Api = 'messages' | 'responses';

const LIMITED: Record<Api, (resetsAt?: number) => Response> = {
  // The headers by which Claude Code knows a subscription's limit from a moment's.
  messages: (resetsAt) =>
    Response.json(
      {
        type: 'error',
        error: {
          type: 'rate_limit_error',
          message: 'This request would exceed your account’s rate limit. Please try again later.',
        },
      },
      {
        status: 429,
        headers: {
          'anthropic-ratelimit-unified-status': 'rejected',
          'anthropic-ratelimit-unified-representative-claim': 'five_hour',
          ...(resetsAt !== undefined && {
            'anthropic-ratelimit-unified-reset': String(resetsAt),
            'anthropic-ratelimit-unified-5h-reset': String(resetsAt),
          }),
          'x-should-retry': 'false',
        },
      },
    ),
  responses: (resetsAt) =>
    Response.json(
      {
        error: {
          type: 'usage_limit_reached',
          message: 'The usage limit has been reached',
          plan_type: 'plus',
          ...(resetsAt !== undefined && { resets_at: resetsAt }),
        },
      },
      { status: 429 },
    ),
};

const OVERLOADED: Record<Api, () => Response> = {
  messages: () =>
    Response.json(
      { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
      { status: 529 },
    ),
  responses: () =>
    Response.json(
      { error: { type: 'server_error', code: 'server_is_overloaded', message: 'Overloaded' } },
      { status: 503 },
    ),
};
