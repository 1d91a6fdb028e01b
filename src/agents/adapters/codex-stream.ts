import { z } from 'zod';
import { oneLine } from '../../domain/shared/text.ts';
import type { AgentEvent } from './adapter.ts';

/** Reads a line of `codex exec --json`; of what it doesn't know it says nothing. */
export function parseCodexLine(line: string): AgentEvent[] {
  const parsed = Line.safeParse(json(line));
  return parsed.success ? events(parsed.data) : [];
}

const count = z.number().int().nonnegative().default(0);

const Item = z.discriminatedUnion('type', [
  z.object({ type: z.literal('agent_message'), text: z.string() }),
  z.object({ type: z.literal('command_execution'), command: z.string() }),
  z.object({
    type: z.literal('file_change'),
    changes: z.array(z.object({ path: z.string() })).default([]),
  }),
  z.object({ type: z.literal('mcp_tool_call'), server: z.string(), tool: z.string() }),
  z.object({ type: z.literal('web_search'), query: z.string().default('') }),
]);

/** Names an item from its start to its end. */
const Id = z.object({ id: z.string().optional() });

const Line = z.discriminatedUnion('type', [
  z.object({ type: z.literal('thread.started'), thread_id: z.string() }),
  z.object({ type: z.literal('item.started'), item: z.intersection(Item, Id) }),
  z.object({ type: z.literal('item.completed'), item: z.intersection(Item, Id) }),
  /** Of what it tries again by itself, too: for as long as it takes, when the model can't be reached. */
  z.object({ type: z.literal('error'), message: z.string() }),
  z.object({ type: z.literal('turn.failed'), error: z.object({ message: z.string() }) }),
  z.object({
    type: z.literal('turn.completed'),
    usage: z.object({ input_tokens: count, output_tokens: count }),
  }),
]);

function events(line: z.infer<typeof Line>): AgentEvent[] {
  switch (line.type) {
    case 'thread.started':
      return [{ type: 'conversation', id: line.thread_id }];
    case 'item.started':
      return line.item.type === 'agent_message' ? [] : [tool(line.item)];
    case 'item.completed':
      if (line.item.type === 'agent_message') return message(line.item.text);
      return [
        ...(line.item.type === 'file_change' ? [tool(line.item)] : []),
        ...toolEnd(line.item),
      ];
    case 'error':
      return [{ type: 'text', text: line.message }];
    case 'turn.failed':
      return failure(line.error.message);
    case 'turn.completed': {
      const { input_tokens: input, output_tokens: output } = line.usage;
      return [
        { type: 'result', failed: false, text: '', tokensSoFar: { input, output }, denials: [] },
      ];
    }
  }
}

/** Held to a schema, Codex's last message is the outcome. */
function message(text: string): AgentEvent[] {
  const output = json(text);
  if (typeof output === 'object' && output !== null) return [{ type: 'report', output }];
  return text.trim() === '' ? [] : [{ type: 'text', text }];
}

type ToolItem = Exclude<z.infer<typeof Item>, { type: 'agent_message' }>;

const tool = (item: ToolItem & z.infer<typeof Id>): AgentEvent => ({
  type: 'tool',
  ...use(item),
  ...(item.id !== undefined && { id: item.id }),
});

const toolEnd = ({ id }: z.infer<typeof Id>): AgentEvent[] =>
  id === undefined ? [] : [{ type: 'tool-end', id }];

function use(item: ToolItem): { readonly name: string; readonly detail: string } {
  switch (item.type) {
    case 'command_execution':
      return { name: 'Shell', detail: oneLine(unwrapped(item.command)) };
    case 'file_change':
      return { name: 'Edit', detail: oneLine(item.changes.map(({ path }) => path).join(' ')) };
    case 'mcp_tool_call':
      return { name: item.server, detail: item.tool };
    case 'web_search':
      return { name: 'WebSearch', detail: oneLine(item.query) };
  }
}

/** Without the shell around it. */
const unwrapped = (command: string): string =>
  /^\S*sh -l?c (['"])([\s\S]*)\1$/.exec(command)?.[2] ?? command;

const LIMIT = /hit your usage limit/i;
const LATER = /at capacity|overloaded|stream disconnected|connection (failed|refused)|timed? ?out/i;
const STATUS = /status:? (408|429|5\d\d)\b/i;

function failure(text: string): AgentEvent[] {
  const unavailable = LATER.test(text) || STATUS.test(text);
  const result: AgentEvent = {
    type: 'result',
    failed: true,
    text,
    denials: [],
    ...(unavailable && { unavailable: text }),
  };
  return LIMIT.test(text) ? [limit(text), result] : [result];
}

/** Codex tells when a limit ends in words, in the time of this host: `try again at Nov 23rd, 2026 12:20 AM.` */
function limit(text: string): AgentEvent {
  const told = /try again at ([^.]+)\./i.exec(text)?.[1]?.replace(/(\d)(st|nd|rd|th)\b/, '$1');
  const dated = told?.includes(',');
  const time = new Date(dated ? String(told) : `${new Date().toDateString()} ${told}`);
  if (Number.isNaN(time.getTime())) return { type: 'limit' };
  if (!dated && time.getTime() < Date.now()) time.setDate(time.getDate() + 1);
  return { type: 'limit', until: time.toISOString() };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
