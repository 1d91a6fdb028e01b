import { z } from 'zod';
import { oneLine } from '../../domain/shared/text.ts';
import type { AgentEvent } from './adapter.ts';

/** Parses a line of Claude Code's `--output-format stream-json`. An unknown line has no events. */
export function parseClaudeLine(line: string): AgentEvent[] {
  const parsed = Line.safeParse(json(line));
  return parsed.success ? events(parsed.data) : [];
}

const count = z.number().int().nonnegative().default(0);

const Usage = z
  .object({
    input_tokens: count,
    cache_creation_input_tokens: count,
    cache_read_input_tokens: count,
    output_tokens: count,
  })
  .transform((usage) => ({
    input: usage.input_tokens + usage.cache_creation_input_tokens + usage.cache_read_input_tokens,
    output: usage.output_tokens,
  }));

const Line = z.discriminatedUnion('type', [
  z.object({ type: z.literal('system'), subtype: z.string(), session_id: z.string().optional() }),
  z.object({
    type: z.literal('assistant'),
    message: z.object({
      id: z.string().optional(),
      usage: Usage.optional(),
      content: z.array(
        z.object({
          type: z.string(),
          id: z.string().optional(),
          text: z.string().optional(),
          name: z.string().optional(),
          input: z.record(z.string(), z.unknown()).optional(),
        }),
      ),
    }),
  }),
  z.object({
    type: z.literal('user'),
    message: z.object({
      content: z.array(z.object({ type: z.string(), tool_use_id: z.string().optional() })),
    }),
  }),
  z.object({
    type: z.literal('rate_limit_event'),
    /** `resetsAt` in seconds since 1970. */
    rate_limit_info: z.object({
      status: z.string(),
      resetsAt: z.number().positive().max(1e11).optional(),
    }),
  }),
  z.object({
    type: z.literal('result'),
    subtype: z.string(),
    is_error: z.boolean(),
    result: z.string().default(''),
    total_cost_usd: z.number().nonnegative().optional(),
    usage: Usage.optional(),
    permission_denials: z
      .array(
        z.object({
          tool_name: z.string(),
          tool_input: z.record(z.string(), z.unknown()).default({}),
        }),
      )
      .default([]),
    structured_output: z.unknown().optional(),
    /** The HTTP status of the API's last answer, if it ended the run. */
    api_error_status: z.number().nullish(),
    terminal_reason: z.string().optional(),
  }),
]);

function events(line: z.infer<typeof Line>): AgentEvent[] {
  switch (line.type) {
    case 'system':
      return line.subtype === 'init' && line.session_id !== undefined
        ? [{ type: 'conversation', id: line.session_id }]
        : [];
    case 'assistant':
      return [...said(line.message), ...usage(line.message)];
    case 'user':
      return line.message.content.flatMap(({ type, tool_use_id: id }): AgentEvent[] =>
        type === 'tool_result' && id !== undefined ? [{ type: 'tool-end', id }] : [],
      );
    case 'rate_limit_event':
      return line.rate_limit_info.status === 'rejected' ? [limit(line.rate_limit_info)] : [];
    case 'result':
      return [
        ...(line.structured_output === undefined
          ? []
          : [{ type: 'report' as const, output: line.structured_output }]),
        result(line),
      ];
  }
}

type Message = Extract<z.infer<typeof Line>, { type: 'assistant' }>['message'];

const said = ({ content }: Message): AgentEvent[] =>
  content.flatMap(({ type, id, text, name, input }): AgentEvent[] => {
    if (type === 'text' && text?.trim()) return [{ type: 'text', text }];
    if (type === 'tool_use' && name !== undefined)
      return [{ type: 'tool', name, detail: detail(input ?? {}), ...(id !== undefined && { id }) }];
    return [];
  });

const usage = ({ id, usage: tokens }: Message): AgentEvent[] =>
  id !== undefined && tokens ? [{ type: 'usage', message: { id, ...tokens } }] : [];

const limit = ({ resetsAt }: { readonly resetsAt?: number | undefined }): AgentEvent => ({
  type: 'limit',
  ...(resetsAt !== undefined && { until: new Date(resetsAt * 1_000).toISOString() }),
});

function result(line: Extract<z.infer<typeof Line>, { type: 'result' }>): AgentEvent {
  return {
    type: 'result',
    // An unreachable API is subtype `success` with is_error.
    failed: line.is_error || line.subtype !== 'success',
    text: line.result || line.subtype,
    denials: line.permission_denials.map(({ tool_name, tool_input }) => {
      const told = detail(tool_input);
      return told === '' ? tool_name : `${tool_name}(${told})`;
    }),
    ...(isUnavailable(line) && { unavailable: line.result }),
    ...(line.total_cost_usd !== undefined && { costUsd: line.total_cost_usd }),
    ...(line.usage && { tokens: line.usage }),
    ...(line.subtype === 'error_max_budget_usd' && { overBudget: true }),
  };
}

/**
 * Whether the API did not answer, or answered that the client should try again later. A request that the API
 * rejects is a failure.
 */
const isUnavailable = ({
  terminal_reason: reason,
  api_error_status: status,
}: Extract<z.infer<typeof Line>, { type: 'result' }>): boolean =>
  reason === 'api_error' && (status == null || status === 408 || status === 429 || status >= 500);

/**
 * The part of a tool's input that a person wants to see: the command, file or pattern, or else its first
 * text.
 */
function detail(input: Readonly<Record<string, unknown>>): string {
  const texts = Object.entries(input).filter((entry) => typeof entry[1] === 'string');
  const told = texts.find(([key]) => /^(command|file_path|path|pattern|url)$/.test(key));
  return oneLine(String((told ?? texts[0])?.[1] ?? ''));
}

function json(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
