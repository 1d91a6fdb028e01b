import { expect, test } from 'vitest';
import type { AgentExit } from '../../../src/agents/adapters/adapter.ts';
import { codex } from '../../../src/agents/adapters/codex.ts';
import { NOTHING_READ, readOn } from '../../../src/agents/turn/reading.ts';
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

test('it may write its worktree and what a commit needs, and is told to trust no repository', () => {
  const { program, args } = codex.command(launch);
  expect(program).toBe('codex');
  expect(args.join(' ')).toContain(
    'writable_roots=["/app/.git/objects","/app/.git/logs","/app/.git/refs/heads","/app/.git/worktrees/app-issue-1"]',
  );
  expect(args.join(' ')).toContain(
    'projects={"/app-issue-1"={"trust_level"="untrusted"},"/app"={"trust_level"="untrusted"}}',
  );
  expect(args.join(' ')).toMatch(
    /--model gpt exec --skip-git-repo-check --json --output-schema \S+outcome.schema.json -$/,
  );
});

test('a planning turn can’t commit, and a later turn resumes the thread', () => {
  expect(codex.command({ ...launch, kind: 'plan' }).args.join(' ')).not.toContain('writable_roots');
  expect(codex.command({ ...launch, resume: true }).args.join(' ')).toContain('exec resume abc');
});

const lines = [
  { type: 'thread.started', thread_id: 'abc' },
  { type: 'turn.started' },
  {
    type: 'item.started',
    item: { type: 'command_execution', command: "/bin/bash -lc 'npm test'" },
  },
  {
    type: 'item.completed',
    item: { type: 'command_execution', command: "/bin/bash -lc 'npm test'" },
  },
  { type: 'item.completed', item: { type: 'file_change', changes: [{ path: 'a.ts' }] } },
  { type: 'error', message: 'Reconnecting... waiting for network' },
  { type: 'item.completed', item: { type: 'agent_message', text: 'Looking' } },
  { type: 'item.completed', item: { type: 'agent_message', text: '{"kind":"done"}' } },
  { type: 'turn.completed', usage: { input_tokens: 7, output_tokens: 3 } },
].map((line) => JSON.stringify(line));

test('a run is read: conversation, tools, text, outcome and tokens', () => {
  expect(readOn(NOTHING_READ, lines, codex)).toEqual({
    conversation: 'abc',
    recent: ['Shell npm test', 'Edit a.ts', 'Reconnecting... waiting for network', 'Looking'],
    tools: [],
    report: { kind: 'done' },
    result: { failed: false, text: '', tokensSoFar: { input: 7, output: 3 }, denials: [] },
  });
});

test('lines it does not know, or that are broken, say nothing', () => {
  const broken = lines.map((line) => line.slice(0, -4));
  expect([...broken, '', 'null', '[]', '{}', '\u0000'].flatMap(codex.parse)).toEqual([]);
});

const exit = (message: string): AgentExit => ({
  code: 1,
  resumed: false,
  reading: readOn(
    NOTHING_READ,
    [JSON.stringify({ type: 'turn.failed', error: { message } })],
    codex,
  ),
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
