import type OpenAI from 'openai';
import { z } from 'zod';
import { eventStream } from './event-stream.ts';
import type { Answer, Asked, ToolSchema } from './scenario.ts';

/* OpenAI's Responses API, as far as coding agents use it. Its official types say what an answer is. */

type Response_ = OpenAI.Responses.Response;
type Event = OpenAI.Responses.ResponseStreamEvent;
type Item = OpenAI.Responses.ResponseOutputItem;

const Tool = z.looseObject({
  type: z.string(),
  name: z.string().optional(),
  parameters: z.custom<ToolSchema>().optional(),
  /** Of a namespace. */
  get tools() {
    return z.array(Tool).optional();
  },
});
type Tool = z.infer<typeof Tool>;

const Item = z.looseObject({
  type: z.string().default('message'),
  role: z.string().optional(),
  /** Of an item `additional_tools`. */
  tools: z.array(Tool).default([]),
});
const Part = z.looseObject({ text: z.string() });

export const ResponsesRequest = z.looseObject({
  model: z.string(),
  stream: z.boolean().default(false),
  input: z.array(Item).min(1),
  tools: z.array(Tool).default([]),
});
type ResponsesRequest = z.infer<typeof ResponsesRequest>;

export function askedByResponses({ input, tools }: ResponsesRequest): Asked {
  const last = input.findLastIndex(({ type, role }) => type === 'message' && role === 'user');
  return {
    prompt: textOf(input[last]?.content),
    before: input
      .slice(0, Math.max(0, last))
      .filter(({ role }) => role === 'user')
      .map(({ content }) => textOf(content)),
    results: input
      .slice(last + 1)
      .filter(({ type }) => type.endsWith('_call_output'))
      .map(({ output }) => textOf(output)),
    tools: Object.fromEntries([...tools, ...input.flatMap((item) => item.tools)].flatMap(offers)),
  };
}

/** The tools under one entry; those of a namespace by their own names. */
function offers({ type, name, parameters, tools }: Tool): [string, ToolSchema][] {
  if (tools) return tools.flatMap(offers);
  if (name === undefined) return [];
  return [[name, type === 'custom' ? { freeText: true } : (parameters ?? {})]];
}

const textOf = (content: unknown): string =>
  typeof content === 'string'
    ? content
    : z
        .array(z.unknown())
        .catch([])
        .parse(content)
        .flatMap((part) => Part.safeParse(part).data?.text ?? [])
        .join('\n');

export function responsesAnswer({ model, stream }: ResponsesRequest, answer: Answer): Response {
  const item = itemOf(answer);
  const done = responseOf(model, [item]);
  if (!stream) return Response.json(done);
  const events: Event[] = [
    {
      type: 'response.created',
      sequence_number: 0,
      response: { ...done, output: [], status: 'in_progress' },
    },
    { type: 'response.output_item.added', sequence_number: 1, output_index: 0, item },
    { type: 'response.output_item.done', sequence_number: 2, output_index: 0, item },
    { type: 'response.completed', sequence_number: 3, response: done },
  ];
  return eventStream(events.map((event) => ({ name: event.type, data: event })));
}

const id = (prefix: string): string => `${prefix}_${crypto.randomUUID().replaceAll('-', '')}`;

function itemOf(answer: Answer): Item {
  if ('text' in answer)
    return {
      type: 'message',
      id: id('msg'),
      role: 'assistant',
      status: 'completed',
      content: [{ type: 'output_text', text: answer.text, annotations: [] }],
    };
  const { name, input } = answer.call;
  const call = { call_id: id('call'), name };
  return typeof input === 'string'
    ? { type: 'custom_tool_call', id: id('ctc'), ...call, input }
    : {
        type: 'function_call',
        id: id('fc'),
        ...call,
        arguments: JSON.stringify(input),
        status: 'completed',
      };
}

const responseOf = (model: string, output: Response_['output']): Response_ => ({
  id: id('resp'),
  object: 'response',
  created_at: Math.floor(Date.now() / 1_000),
  status: 'completed',
  model,
  output,
  output_text: '',
  error: null,
  incomplete_details: null,
  instructions: null,
  metadata: null,
  access_programs: null,
  parallel_tool_calls: false,
  temperature: null,
  tool_choice: 'auto',
  tools: [],
  top_p: null,
  usage: {
    input_tokens: 10,
    input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
    output_tokens: 5,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 15,
  },
});
