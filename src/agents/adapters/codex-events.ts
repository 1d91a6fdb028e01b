import { z } from 'zod';
import { oneLine } from '../../domain/shared/text.ts';
import type { AgentEvent } from './adapter.ts';
import type { Notification } from './json-rpc.ts';

const count = z.number().int().nonnegative().default(0);

const Tokens = z.object({ inputTokens: count, outputTokens: count });
type Tokens = z.infer<typeof Tokens>;

const ToolItem = z.discriminatedUnion('type', [
  z.object({ type: z.literal('commandExecution'), id: z.string(), command: z.string() }),
  z.object({
    type: z.literal('fileChange'),
    id: z.string(),
    changes: z.array(z.object({ path: z.string() })).default([]),
  }),
  z.object({
    type: z.literal('mcpToolCall'),
    id: z.string(),
    server: z.string(),
    tool: z.string(),
  }),
  z.object({ type: z.literal('webSearch'), id: z.string(), query: z.string().default('') }),
]);
type ToolItem = z.infer<typeof ToolItem>;

const Item = z.discriminatedUnion('type', [
  ...ToolItem.options,
  z.object({ type: z.literal('agentMessage'), text: z.string() }),
]);

/** An error: its message, and Codex's own name for this kind of error, if it has one. */
const Trouble = z.object({
  message: z.string(),
  codexErrorInfo: z.unknown().optional(),
  additionalDetails: z.string().nullish(),
});
type Trouble = z.infer<typeof Trouble>;

const Told = z.discriminatedUnion('method', [
  z.object({
    method: z.literal('turn/started'),
    params: z.object({ threadId: z.string(), turn: z.object({ id: z.string() }) }),
  }),
  z.object({
    method: z.enum(['item/started', 'item/completed']),
    params: z.object({ threadId: z.string(), item: Item }),
  }),
  z.object({
    method: z.literal('thread/tokenUsage/updated'),
    params: z.object({
      threadId: z.string(),
      turnId: z.string(),
      tokenUsage: z.object({ total: Tokens, last: Tokens }),
    }),
  }),
  /**
   * Codex also sends this for an error after which it retries by itself, for as long as the model can't be
   * reached.
   */
  z.object({ method: z.literal('error'), params: z.object({ error: Trouble }) }),
  z.object({
    method: z.literal('turn/completed'),
    params: z.object({
      threadId: z.string(),
      turn: z.object({ status: z.string(), error: Trouble.nullish() }),
    }),
  }),
]);

/**
 * Turns the notifications of Codex's app-server during one turn into AgentEvents. Codex's subagents have
 * threads of their own. Their tool calls and tokens count, but their messages do not. The first turn that
 * starts is the main agent's.
 */
export function codexEvents(): (notification: Notification) => AgentEvent[] {
  let main: string | undefined;
  const turns = new Set<string>();
  const totals = new Map<string, Tokens>();

  /**
   * The tokens that were used since the last notification. Codex reports the total of a thread after each
   * answer, and again when a thread is resumed.
   */
  const used = (threadId: string, turnId: string, { total, last }: Usage): AgentEvent[] => {
    const before = totals.get(threadId) ?? without(total, last);
    totals.set(threadId, total);
    const { inputTokens: input, outputTokens: output } = without(total, before);
    if (!turns.has(turnId) || input + output === 0) return [];
    const id = `${threadId} ${total.inputTokens} ${total.outputTokens}`;
    return [{ type: 'usage', message: { id, input, output } }];
  };

  return (notification) => {
    const { success, data: told } = Told.safeParse(notification);
    if (!success) return [];
    switch (told.method) {
      case 'turn/started':
        main ??= told.params.threadId;
        turns.add(told.params.turn.id);
        return [];
      case 'item/started':
        return told.params.item.type === 'agentMessage' ? [] : [tool(told.params.item)];
      case 'item/completed':
        if (told.params.item.type !== 'agentMessage')
          return [{ type: 'tool-end', id: told.params.item.id }];
        return told.params.threadId === main ? message(told.params.item.text) : [];
      case 'thread/tokenUsage/updated':
        return used(told.params.threadId, told.params.turnId, told.params.tokenUsage);
      case 'error':
        return [{ type: 'text', text: inWords(told.params.error) }];
      case 'turn/completed':
        return told.params.threadId === main ? result(told.params.turn) : [];
    }
  };
}

type Usage = { readonly total: Tokens; readonly last: Tokens };

const without = (tokens: Tokens, others: Tokens): Tokens => ({
  inputTokens: Math.max(0, tokens.inputTokens - others.inputTokens),
  outputTokens: Math.max(0, tokens.outputTokens - others.outputTokens),
});

/** Codex's last message is the outcome as JSON, because Codex gets a schema for it. */
function message(text: string): AgentEvent[] {
  const output = json(text);
  if (typeof output === 'object' && output !== null) return [{ type: 'report', output }];
  return text.trim() === '' ? [] : [{ type: 'text', text }];
}

const tool = (item: ToolItem): AgentEvent => ({ type: 'tool', ...use(item), id: item.id });

function use(item: ToolItem): { readonly name: string; readonly detail: string } {
  switch (item.type) {
    case 'commandExecution':
      return { name: 'Shell', detail: oneLine(unwrapped(item.command)) };
    case 'fileChange':
      return { name: 'Edit', detail: oneLine(item.changes.map(({ path }) => path).join(' ')) };
    case 'mcpToolCall':
      return { name: item.server, detail: item.tool };
    case 'webSearch':
      return { name: 'WebSearch', detail: oneLine(item.query) };
  }
}

/** The command without the shell that runs it. */
const unwrapped = (command: string): string =>
  /^\S*sh -l?c (['"])([\s\S]*)\1$/.exec(command)?.[2] ?? command;

const inWords = ({ message, additionalDetails: details }: Trouble): string =>
  details ? `${message}: ${details}` : message;

function result({
  status,
  error,
}: {
  readonly status: string;
  readonly error?: Trouble | null | undefined;
}): AgentEvent[] {
  if (status === 'completed') return [{ type: 'result', failed: false, text: '', denials: [] }];
  return failure(error ?? { message: `the turn is ${status}` });
}

const LIMIT = /hit your usage limit/i;
const LATER = /at capacity|overloaded|stream disconnected|connection (failed|refused)|timed? ?out/i;
const STATUS = /status:? (408|429|5\d\d)\b/i;
const LATER_NAMES = ['serverOverloaded', 'rateLimitExceeded', 'internalServerError'];

function failure({ message: text, codexErrorInfo: name }: Trouble): AgentEvent[] {
  const unavailable =
    LATER.test(text) || STATUS.test(text) || LATER_NAMES.some((known) => known === name);
  const failed: AgentEvent = {
    type: 'result',
    failed: true,
    text,
    denials: [],
    ...(unavailable && { unavailable: text }),
  };
  return LIMIT.test(text) || name === 'usageLimitExceeded' ? [limit(text), failed] : [failed];
}

/**
 * Codex reports the end of a limit only as text, in this host's time zone: `try again at Nov 23rd, 2026 12:20
 * AM.`
 */
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
