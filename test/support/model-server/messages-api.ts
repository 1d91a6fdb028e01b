import type Anthropic from '@anthropic-ai/sdk';
import { z } from 'zod';
import { eventStream } from './event-stream.ts';
import type { Answer, Asked, ToolSchema } from './scenario.ts';

/* Anthropic's Messages API, as far as coding agents use it. Its official types say what an answer is. */

type Message = Anthropic.Message;
type Event = Anthropic.RawMessageStreamEvent;

const Text = z.object({ type: z.literal('text'), text: z.string() });
const Content = z.union([z.string(), z.array(z.looseObject({ type: z.string() }))]);

export const MessagesRequest = z.looseObject({
  model: z.string(),
  stream: z.boolean().default(false),
  messages: z.array(z.looseObject({ role: z.string(), content: Content })).min(1),
  tools: z
    .array(z.looseObject({ name: z.string(), input_schema: z.custom<ToolSchema>().optional() }))
    .default([]),
});
type MessagesRequest = z.infer<typeof MessagesRequest>;

export function askedByMessages({ messages, tools }: MessagesRequest): Asked {
  const blocks = messages
    .filter(({ role }) => role === 'user')
    .flatMap(({ content }) =>
      typeof content === 'string' ? [{ type: 'text', text: content }] : content,
    );
  const last = blocks.findLastIndex((block) => said(block) !== '');
  return {
    prompt: said(blocks[last]),
    before: blocks.slice(0, Math.max(0, last)).map(said).filter(Boolean),
    results: blocks
      .slice(last + 1)
      .filter(({ type }) => type === 'tool_result')
      .map(({ content }) => resultText(content)),
    tools: Object.fromEntries(tools.map(({ name, input_schema }) => [name, input_schema ?? {}])),
  };
}

/** The text of a block without what Claude Code puts in to remind the model. */
const said = (block: unknown): string =>
  textOf([block])
    .replace(/<system-reminder>[\s\S]*?<\/system-reminder>/g, '')
    .trim();

const textOf = (blocks: readonly unknown[]): string =>
  blocks.flatMap((block) => Text.safeParse(block).data?.text ?? []).join('\n');

const resultText = (content: unknown): string =>
  typeof content === 'string' ? content : Array.isArray(content) ? textOf(content) : '';

export function messagesAnswer({ model, stream }: MessagesRequest, answer: Answer): Response {
  const message = messageOf(model, answer);
  if (!stream) return Response.json(message);
  return eventStream(eventsOf(message).map((event) => ({ name: event.type, data: event })));
}

function messageOf(model: string, answer: Answer): Message {
  const content: Message['content'] =
    'text' in answer
      ? [{ type: 'text', text: answer.text, citations: null }]
      : [
          {
            type: 'tool_use',
            id: `toolu_${crypto.randomUUID().replaceAll('-', '')}`,
            name: answer.call.name,
            input: answer.call.input,
            caller: { type: 'direct' },
          },
        ];
  return {
    id: `msg_${crypto.randomUUID().replaceAll('-', '')}`,
    type: 'message',
    role: 'assistant',
    model,
    content,
    container: null,
    diagnostics: null,
    stop_details: null,
    stop_reason: 'text' in answer ? 'end_turn' : 'tool_use',
    stop_sequence: null,
    usage: USAGE,
  };
}

const USAGE: Anthropic.Usage = {
  input_tokens: 10,
  output_tokens: 5,
  cache_creation: null,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  inference_geo: null,
  output_tokens_details: null,
  server_tool_use: null,
  service_tier: 'standard',
  speed: null,
};

function eventsOf(message: Message): Event[] {
  const [block] = message.content;
  if (!block || (block.type !== 'text' && block.type !== 'tool_use')) throw new Error('no content');
  return [
    { type: 'message_start', message: { ...message, content: [], stop_reason: null } },
    block.type === 'text'
      ? { type: 'content_block_start', index: 0, content_block: { ...block, text: '' } }
      : { type: 'content_block_start', index: 0, content_block: { ...block, input: {} } },
    {
      type: 'content_block_delta',
      index: 0,
      delta:
        block.type === 'text'
          ? { type: 'text_delta', text: block.text }
          : { type: 'input_json_delta', partial_json: JSON.stringify(block.input) },
    },
    { type: 'content_block_stop', index: 0 },
    {
      type: 'message_delta',
      delta: {
        container: null,
        stop_details: null,
        stop_reason: message.stop_reason,
        stop_sequence: null,
      },
      usage: { ...USAGE, iterations: null } as Anthropic.MessageDeltaUsage,
    },
    { type: 'message_stop' },
  ];
}
