import { join } from 'node:path';
import { oneLine } from '../../domain/shared/text.ts';
import type { AgentAdapter, AgentEvent, Reading, Usage } from '../adapters/adapter.ts';
import type { Attempt } from './attempt.ts';
import { Journal } from './journal.ts';

/** How many of the agent's latest texts and tool calls are kept. */
const RECENT = 8;

/**
 * The id of a tool call whose end is not reported. It has ended when the agent says or does the next thing.
 */
const UNTOLD = '';

export const NOTHING_READ: Reading = { recent: [], tools: [] };

/** One line of what the agent does. */
export const activityOf = ({ recent }: Reading): string => recent.at(-1) ?? 'starting';

/** Whether a tool call is running, which may be silent for a long time. */
export const inTool = ({ tools }: Reading): boolean => tools.length > 0;

/** Adds further lines of a journal to what is known. */
export function readFurther(
  reading: Reading,
  lines: Iterable<string>,
  { parse }: Pick<AgentAdapter, 'parse'>,
): Reading {
  let known = reading;
  for (const line of lines) for (const event of parse(line)) known = after(known, event);
  return known;
}

/** Reads the whole journal of an attempt that has ended. */
export const readJournal = (
  { directory }: Pick<Attempt, 'directory'>,
  adapter: Pick<AgentAdapter, 'parse'>,
): Reading =>
  readFurther(NOTHING_READ, new Journal(join(directory, 'journal')).lines(true), adapter);

function after(reading: Reading, event: AgentEvent): Reading {
  switch (event.type) {
    case 'conversation':
      return { ...reading, conversation: event.id };
    case 'text':
      return { ...remember(reading, event.text), tools: without(reading, UNTOLD) };
    case 'tool': {
      const { id = UNTOLD } = event;
      const others = without(reading, UNTOLD).filter((one) => one !== id);
      return { ...remember(reading, `${event.name} ${event.detail}`), tools: [...others, id] };
    }
    case 'tool-end':
      return { ...reading, tools: without(reading, event.id) };
    case 'usage':
      return { ...reading, usage: added(reading.usage, event) };
    case 'limit':
      return { ...reading, limit: event.until === undefined ? {} : { until: event.until } };
    case 'report':
      return { ...reading, report: event.output };
    case 'result': {
      const { type: _, ...result } = event;
      return { ...reading, result };
    }
  }
}

const without = ({ tools }: Reading, id: string): readonly string[] =>
  tools.filter((one) => one !== id);

/** Adds usage. The same answer of the model may be reported several times, each time with its total. */
function added(
  usage: Usage = { tokens: { input: 0, output: 0 } },
  { costUsd, message }: Extract<AgentEvent, { type: 'usage' }>,
): Usage {
  const known = { ...usage, ...(costUsd !== undefined && { costUsd }) };
  if (!message) return known;
  const before = usage.message?.id === message.id ? usage.message : { input: 0, output: 0 };
  return {
    ...known,
    message,
    tokens: {
      input: usage.tokens.input + message.input - before.input,
      output: usage.tokens.output + message.output - before.output,
    },
  };
}

const remember = (reading: Reading, text: string): Reading => ({
  ...reading,
  recent: [...reading.recent, oneLine(text)].slice(-RECENT),
});
