import { z } from 'zod';
import type { AgentEvent } from './adapter.ts';

/*
 * An agent with a protocol of its own is driven by a client of Coppice, which is the process of the turn. The
 * client writes AgentEvents, one JSON object on each line, so that every watcher reads the same from the
 * journal.
 */

export const writeEvent = (event: AgentEvent): void => {
  process.stdout.write(`${JSON.stringify(event)}\n`);
};

/** Parses a line that `tell` wrote. Any other line has no events. */
export function parseEventLine(line: string): AgentEvent[] {
  const event = Event.safeParse(json(line));
  return event.success ? [event.data as AgentEvent] : [];
}

const Tokens = z.object({ input: z.number().nonnegative(), output: z.number().nonnegative() });

const Event = z.discriminatedUnion('type', [
  z.object({ type: z.literal('conversation'), id: z.string() }),
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({
    type: z.literal('tool'),
    name: z.string(),
    detail: z.string(),
    id: z.string().optional(),
  }),
  z.object({ type: z.literal('tool-end'), id: z.string() }),
  z.object({
    type: z.literal('usage'),
    costUsd: z.number().nonnegative().optional(),
    message: Tokens.extend({ id: z.string() }).optional(),
  }),
  z.object({ type: z.literal('limit'), until: z.iso.datetime().optional() }),
  z.object({ type: z.literal('report'), output: z.unknown() }),
  z.object({
    type: z.literal('result'),
    failed: z.boolean(),
    text: z.string(),
    denials: z.array(z.string()),
    costUsd: z.number().nonnegative().optional(),
    unavailable: z.string().optional(),
  }),
]);

function json(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
