import { z } from 'zod';
import type { AgentEvent } from './adapter.ts';

/*
 * Agents that are spoken to in a protocol have a client of Coppice's within the turn. It writes what it hears of its agent as
 * AgentEvents, a line of JSON each, so that the journal says the same to every watcher.
 */

export const tell = (event: AgentEvent): void => {
  process.stdout.write(`${JSON.stringify(event)}\n`);
};

/** Reads a line that `tell` wrote; of any other it says nothing. */
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
