import { Client, InMemoryTransport } from '@modelcontextprotocol/client';
import { expect, onTestFinished, test } from 'vitest';
import type { Context } from '../../src/cli/context.ts';
import { createMcpServer } from '../../src/cli/mcp/server.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import { coppiceHome } from '../../src/state/home.ts';
import { recordingTerminal } from '../support/cli.ts';
import { eventually } from '../support/eventually.ts';
import { board, session } from './records.ts';
import { world } from './world.ts';

/** A chat that is connected to a server over `world`, and what was asked of that. */
async function chat(options: Parameters<typeof world>[0] = {}) {
  const { services, asked } = world({ board: board([session(124)]), ...options });
  const cwd = '/person/app';
  const run: Context['run'] = (args, terminal) =>
    runCli(args, { env: {}, cwd, terminal, services: async () => services as Context['services'] });
  const context: Context = {
    ...{ env: {}, cwd, repo: undefined, home: coppiceHome({}), now: () => new Date(), run },
    ...{ terminal: recordingTerminal().terminal, services: services as Context['services'] },
  };
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  await createMcpServer(context, '1').connect(theirs);
  const client = new Client({ name: 'chat', version: '1' });
  await client.connect(ours);
  onTestFinished(() => client.close());
  const call = async (name: string, args: Record<string, unknown> = {}) => {
    const { content, isError = false } = await client.callTool({ name, arguments: args });
    const texts = (content as { text?: string }[]).map(({ text = '' }) => text);
    return { texts, isError };
  };
  return { client, call, asked };
}

test('a chat is offered what the command line can do, and is told what only reads', async () => {
  const { client } = await chat();
  const { tools } = await client.listTools();
  const reads = tools
    .filter(({ annotations }) => annotations?.readOnlyHint)
    .map(({ name }) => name);
  expect(reads).toEqual(['status', 'show', 'diff', 'logs', 'doctor']);
  const ends = tools.filter(({ annotations }) => annotations?.destructiveHint);
  expect(ends.map(({ name }) => name)).toEqual(['cancel', 'prune']);
  expect(tools.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['plan', 'run', 'add', 'guide', 'answer', 'pause', 'resume']),
  );
  expect((await client.listPrompts()).prompts.map(({ name }) => name)).toEqual(['plan', 'prune']);
});

test('a tool prints what its command prints, and fails as it fails', async () => {
  const { call } = await chat();
  const { texts, isError } = await call('status');
  expect(isError).toBe(false);
  expect(texts.join('\n')).toContain('#124');
  expect(await call('show', { issue: 9 })).toEqual({
    ...{ isError: true, texts: ['coppice: there is no session of #9'] },
  });
});

test('guidance and answers are marked as passed on by a model, and name the question that they answer', async () => {
  const { call, asked } = await chat({
    refuses: ({ about }: { about?: string }) =>
      about === 'Old?' ? 'asks something else by now' : undefined,
  } as Parameters<typeof world>[0]);
  await call('guide', { issue: 124, text: 'Keep it small', interrupt: true });
  await call('answer', { issue: 124, question: 'Which?', answer: { kind: 'option', number: 2 } });
  await call('answer', { issue: 124, question: 'Which?', answer: { kind: 'approve' } });
  expect(asked.guidance).toEqual([
    [124, { text: 'Keep it small', interrupt: true, relayed: true }],
    [124, { about: 'Which?', option: 2, relayed: true }],
    [124, { about: 'Which?', action: 'approve', relayed: true }],
  ]);
  const refused = await call('answer', {
    ...{ issue: 124, question: 'Old?', answer: { kind: 'text', text: 'the map' } },
  });
  expect(refused).toEqual({ isError: true, texts: ['coppice: #124 asks something else by now'] });
});

test.each([
  ['guide', { issue: 124, text: ' ' }],
  ['guide', { issue: 124, text: 'Use it', budget: 5 }],
  ['answer', { issue: 124, question: 'Which?', answer: { kind: 'resolved' } }],
  ['show', { issue: '124 --json' }],
  ['run', { issues: [124], workers: 50 }],
  ['plan', { all_open: true, file: '../plan.yaml' }],
  ['plan', { all_open: true, file: 'coppice.yaml' }],
  ['prune', { dry_run: false, force: true }],
])('%s refuses %j, and nothing is done', async (tool, args) => {
  const { call, asked } = await chat();
  expect(await call(tool, args)).toMatchObject({ isError: true });
  expect(asked).toMatchObject({ guidance: [], runs: [] });
});

test('what a chat names is a value, and never an option of a command', async () => {
  const { call } = await chat();
  const { texts } = await call('status', { run: '--watch' });
  expect(texts.join('\n')).toContain('no run --watch');
});

test('a run is started, changed, paused and cancelled', async () => {
  const { call, asked } = await chat({ board: null });
  const { isError, texts } = await call('run', {
    issues: [123, 124],
    after: [{ issue: 124, after: 123 }],
    workers: 2,
  });
  expect(isError, texts.join('\n')).toBe(false);
  expect(asked.runs).toMatchObject([
    { concurrency: 2, issues: [{ issue: 123 }, { issue: 124, after: [123] }] },
  ]);
  await call('pause', { issues: [124] });
  await call('cancel', { issues: [124] });
  expect(asked).toMatchObject({ paused: [[124, true]], cancelled: [124] });
});

test('the board is a resource, and the chat hears when it changes', async () => {
  const sessions = [session(124)];
  const { client } = await chat({ board: board(sessions) });
  const { contents } = await client.readResource({ uri: 'coppice://status' });
  expect(JSON.stringify(contents)).toContain('124');
  const changed: string[] = [];
  client.setNotificationHandler('notifications/resources/updated', ({ params }) => {
    changed.push(params.uri);
  });
  await client.subscribeResource({ uri: 'coppice://status' });
  sessions.push(session(125));
  await eventually(() => expect(changed).toEqual(['coppice://status']));
  await client.unsubscribeResource({ uri: 'coppice://status' });
});
