import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { expect, onTestFinished, test } from 'vitest';
import { startModelServer } from './index.ts';
import { call, inOrder, run, type Scenario, say } from './scenario.ts';

/** The server, spoken to through the official libraries of both makers. */
async function serve(scenario: Scenario) {
  const server = await startModelServer(scenario);
  onTestFinished(() => server.close());
  const options = { apiKey: 'none', maxRetries: 0 };
  return {
    server,
    anthropic: new Anthropic({ ...options, baseURL: server.url }),
    openai: new OpenAI({ ...options, baseURL: `${server.url}/v1` }),
  };
}

const bash = {
  name: 'Bash',
  input_schema: { type: 'object' as const, properties: { command: { type: 'string' } } },
};
const claude = { model: 'claude', max_tokens: 100, tools: [bash] };
const prompt = { role: 'user' as const, content: 'do it' };

const greet = inOrder(run('echo hi'), ({ results, prompt }) => ({ text: `${prompt}: ${results}` }));

test('Anthropic’s library streams a tool call, sends its result and gets the next answer', async () => {
  const { anthropic, server } = await serve(greet);
  const first = await anthropic.messages.stream({ ...claude, messages: [prompt] }).finalMessage();
  expect(first).toMatchObject({
    stop_reason: 'tool_use',
    content: [{ type: 'tool_use', name: 'Bash', input: { command: 'echo hi' } }],
    usage: { input_tokens: 10, output_tokens: 5 },
  });
  const [use] = first.content;
  if (use?.type !== 'tool_use') throw new Error('no tool call');
  const second = await anthropic.messages.create({
    ...claude,
    messages: [
      prompt,
      { role: 'assistant', content: [{ ...use }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: use.id, content: 'hi' }] },
    ],
  });
  expect(second.content).toMatchObject([{ type: 'text', text: 'do it: hi' }]);
  expect(server.asked).toHaveLength(2);
});

test('OpenAI’s library streams a tool call, sends its result and gets the next answer', async () => {
  const { openai } = await serve(greet);
  const shell = {
    type: 'function' as const,
    name: 'shell',
    strict: false,
    parameters: { type: 'object', properties: { command: { type: 'array' } } },
  };
  const first = await openai.responses
    .stream({ model: 'gpt', tools: [shell], input: [prompt] })
    .finalResponse();
  const [item] = first.output;
  if (item?.type !== 'function_call') throw new Error('no tool call');
  expect(JSON.parse(item.arguments)).toEqual({ command: ['bash', '-c', 'echo hi'] });
  const second = await openai.responses.create({
    model: 'gpt',
    tools: [shell],
    input: [prompt, item, { type: 'function_call_output', call_id: item.call_id, output: 'hi' }],
  });
  expect(second.output).toMatchObject([{ content: [{ text: 'do it: hi' }] }]);
});

test('a new prompt begins the scenario anew: a model has no memory of its own', async () => {
  const { anthropic } = await serve(inOrder(call('Bash', { command: 'true' }), say('over')));
  const asked = await anthropic.messages.create({
    ...claude,
    messages: [prompt, { role: 'assistant', content: 'over' }, prompt],
  });
  expect(asked.stop_reason).toBe('tool_use');
});

test('a limit says when it ends, in the headers of Anthropic and the body of OpenAI', async () => {
  const { anthropic, openai } = await serve(() => ({ fault: 'limit', resetsAt: 1_800_000_000 }));
  const refused = await anthropic.messages
    .create({ ...claude, messages: [prompt] })
    .catch((error) => error);
  expect(refused).toBeInstanceOf(Anthropic.RateLimitError);
  expect(refused.headers.get('anthropic-ratelimit-unified-reset')).toBe('1800000000');
  const tools = [{ type: 'function' as const, name: 'shell', strict: false, parameters: {} }];
  const limited = await openai.responses
    .create({ model: 'gpt', tools, input: [prompt] })
    .catch((error) => error);
  expect(limited).toBeInstanceOf(OpenAI.RateLimitError);
  expect(limited.error).toMatchObject({ resets_at: 1_800_000_000 });
});

test('an overloaded model is 529, and a malformed stream breaks the client', async () => {
  const overloaded = await serve(() => ({ fault: 'overloaded' }));
  await expect(
    overloaded.anthropic.messages.create({ ...claude, messages: [prompt] }),
  ).rejects.toMatchObject({ status: 529 });
  const { anthropic } = await serve(() => ({ fault: 'malformed' }));
  await expect(
    anthropic.messages.stream({ ...claude, messages: [prompt] }).finalMessage(),
  ).rejects.toThrow();
});
