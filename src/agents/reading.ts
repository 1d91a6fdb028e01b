import { oneLine } from '../domain/text.ts';
import type { AgentAdapter, AgentEvent, Reading } from './adapter.ts';

/** Lines remembered of what the agent said and did. */
const RECENT = 8;

export const NOTHING_READ: Reading = { recent: [], inTool: false };

/** One line of what the agent does. */
export const activityOf = ({ recent }: Reading): string => recent.at(-1) ?? 'starting';

/** What is known after some more lines of a journal. */
export function readOn(
  reading: Reading,
  lines: Iterable<string>,
  { parse }: Pick<AgentAdapter, 'parse'>,
): Reading {
  let known = reading;
  for (const line of lines) for (const event of parse(line)) known = after(known, event);
  return known;
}

function after(reading: Reading, event: AgentEvent): Reading {
  switch (event.type) {
    case 'conversation':
      return { ...reading, conversation: event.id };
    case 'text':
      return { ...remember(reading, event.text), inTool: false };
    case 'tool':
      return { ...remember(reading, `${event.name} ${event.detail}`), inTool: true };
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

const remember = (reading: Reading, text: string): Reading => ({
  ...reading,
  recent: [...reading.recent, oneLine(text)].slice(-RECENT),
});
