import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { AgentExit, Launch, Reading } from '../../../src/agents/adapters/adapter.ts';
import { codex } from '../../../src/agents/adapters/codex.ts';
import type { CodexLaunch } from '../../../src/agents/adapters/codex-client.ts';
import { codexEvents } from '../../../src/agents/adapters/codex-events.ts';
import type { Notification } from '../../../src/agents/adapters/json-rpc.ts';
import { NOTHING_READ, readFurther } from '../../../src/agents/turn/reading.ts';
import { AgentSettings } from '../../../src/domain/settings/agent-settings.ts';

const launch = {
  kind: 'implement',
  worktree: '/app-issue-1',
  checkout: '/app',
  git: { common: '/app/.git', own: '/app/.git/worktrees/app-issue-1' },
  conversation: 'abc',
  resume: false,
  settings: AgentSettings.parse({ adapter: 'codex', model: 'gpt' }),
} as const;

/** The program that is started, and what it is told. */
function started(changes: Partial<Launch> = {}): CodexLaunch & { readonly flags: string } {
  const { program, args } = codex.command({ ...launch, ...changes });
  expect([program, args[0]]).toEqual([
    process.execPath,
    expect.stringContaining('codex-client.ts'),
  ]);
  const told: CodexLaunch = JSON.parse(args[1] ?? '');
  return { ...told, flags: told.command.join(' ') };
}

test('it may write its worktree and what a commit needs, and is told to trust no repository', () => {
  const { command, flags, model, conversation, resume } = started();
  expect(command[0]).toBe('codex');
  expect(flags).toContain(
    'writable_roots=["/app/.git/objects","/app/.git/logs","/app/.git/refs/heads","/app/.git/worktrees/app-issue-1"]',
  );
  expect(flags).toContain(
    'projects={"/app-issue-1"={"trust_level"="untrusted"},"/app"={"trust_level"="untrusted"}}',
  );
  expect({ model, conversation, resume }).toEqual({
    model: 'gpt',
    conversation: 'abc',
    resume: false,
  });
});

test('a planning turn can’t commit, a later turn resumes the thread, and a person can too', () => {
  expect(started({ kind: 'plan' }).flags).not.toContain('writable_roots');
  expect(started({ resume: true })).toMatchObject({ resume: true, conversation: 'abc' });
  expect(codex.interactive?.(launch).args.join(' ')).toMatch(/ --model gpt resume abc$/);
});

/** What codex-client.ts writes of what its app-server tells. */
const journalOf = (notifications: readonly object[]): string[] => {
  const hear = codexEvents();
  return notifications
    .flatMap((one) => hear(one as Notification))
    .map((one) => JSON.stringify(one));
};

const reading = (...notifications: readonly object[]): Reading =>
  readFurther(NOTHING_READ, journalOf(notifications), codex);

const recorded: object[] = readFileSync(
  join(import.meta.dirname, '..', 'fixtures', 'codex-0.171.0-app-server.jsonl'),
  'utf8',
)
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));

test('a resumed turn is read as it goes: its tools, its outcome, and what it took itself', () => {
  expect(reading(...recorded)).toMatchObject({
    recent: ['Shell echo one; git status', 'Shell echo two'],
    tools: [],
    report: { kind: 'done' },
    usage: { tokens: { input: 30, output: 15 } },
    result: { failed: false, text: '', denials: [] },
  });
});

test('what it took is known in mid-turn, between two tool calls', () => {
  const second = recorded.findLastIndex((one) =>
    JSON.stringify(one).includes('"item/started","params":{"item":{"type":"commandExecution"'),
  );
  expect(reading(...recorded.slice(0, second))).toMatchObject({
    tools: [],
    usage: { tokens: { input: 10, output: 5 } },
  });
  expect(reading(...recorded.slice(0, second + 1)).tools).toHaveLength(1);
});

const begun = {
  method: 'turn/started',
  params: { threadId: 'main', turn: { id: 'turn' } },
};
const item = (event: 'started' | 'completed', told: object, threadId = 'main') => ({
  method: `item/${event}`,
  params: { threadId, item: told },
});
const tokens = (inputTokens: number, outputTokens: number) => ({ inputTokens, outputTokens });
const used = (total: object, last: object, threadId = 'main', turnId = 'turn') => ({
  method: 'thread/tokenUsage/updated',
  params: { threadId, turnId, tokenUsage: { total, last } },
});

test('it says what it does, and its helpers count without being heard', () => {
  const helper = { method: 'turn/started', params: { threadId: 'helper', turn: { id: 'its' } } };
  expect(
    reading(
      begun,
      helper,
      item('started', { type: 'fileChange', id: '1', changes: [{ path: 'a.ts' }] }),
      item('completed', { type: 'fileChange', id: '1', changes: [{ path: 'a.ts' }] }),
      item('completed', { type: 'agentMessage', text: 'Looking' }),
      item('completed', { type: 'agentMessage', text: 'Not heard' }, 'helper'),
      item('started', { type: 'mcpToolCall', id: '2', server: 'docs', tool: 'find' }, 'helper'),
      used(tokens(10, 1), tokens(10, 1)),
      used(tokens(7, 2), tokens(7, 2), 'helper', 'its'),
      used(tokens(10, 1), tokens(10, 1)),
      used(tokens(15, 3), tokens(5, 2)),
      { method: 'turn/completed', params: { threadId: 'helper', turn: { status: 'completed' } } },
      {
        method: 'error',
        params: { error: { message: 'Reconnecting...', additionalDetails: 'no network' } },
      },
    ),
  ).toMatchObject({
    recent: ['Edit a.ts', 'Looking', 'docs find', 'Reconnecting...: no network'],
    tools: ['2'],
    usage: { tokens: { input: 22, output: 5 } },
  });
});

test('what it does not know, or is broken, says nothing', () => {
  const unknown = [{ method: 'turn/new' }, { method: 'item/started', params: { item: {} } }];
  expect(journalOf(unknown)).toEqual([]);
  const broken = journalOf(recorded).map((line) => line.slice(0, -4));
  expect([...broken, '', 'null', '[]', '{}', '\u0000'].flatMap(codex.parse)).toEqual([]);
});

const exit = (message: string, codexErrorInfo: unknown = 'other'): AgentExit => ({
  code: 1,
  resumed: false,
  reading: reading(begun, {
    method: 'turn/completed',
    params: { threadId: 'main', turn: { status: 'failed', error: { message, codexErrorInfo } } },
  }),
  report: { kind: 'done', summary: 'x' },
  errors: '',
  tail: 'the tail',
});

test.each([
  ['Selected model is at capacity. Please try a different model.', 'unavailable'],
  ['stream disconnected before completion', 'unavailable'],
  ['exceeded retry limit, last status: 429 Too Many Requests', 'unavailable'],
  ['unexpected status 401 Unauthorized: no key', 'failed'],
  ['You’ve hit your usage limit. Try again later.', 'usage-limited'],
])('%s is %s', (message, kind) => {
  expect(codex.conclude(exit(message))).toMatchObject({ outcome: { kind } });
});

test('its own name for what went wrong counts where the words say nothing', () => {
  const kindOf = (name: unknown) => codex.conclude(exit('No.', name));
  expect(kindOf('serverOverloaded')).toMatchObject({ outcome: { kind: 'unavailable' } });
  expect(kindOf('usageLimitExceeded')).toMatchObject({ outcome: { kind: 'usage-limited' } });
  expect(kindOf({ badRequest: {} })).toMatchObject({ outcome: { kind: 'failed', reason: 'No.' } });
});

test('the end of a limit is told in the words and the time of this host', () => {
  const message = 'You’ve hit your usage limit. Upgrade, or try again at Nov 3rd, 2031 1:05 PM.';
  const until = new Date(2031, 10, 3, 13, 5).toISOString();
  expect(codex.conclude(exit(message))).toEqual({ outcome: { kind: 'usage-limited', until } });
  const today = 'You’ve hit your usage limit. Try again at 11:59 PM.';
  expect(codex.conclude(exit(today))).toEqual({
    outcome: {
      kind: 'usage-limited',
      until: new Date(new Date().setHours(23, 59, 0, 0)).toISOString(),
    },
  });
});
