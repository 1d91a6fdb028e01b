import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { AgentExit } from '../../../src/agents/adapters/adapter.ts';
import { claude } from '../../../src/agents/adapters/claude.ts';
import { OUTCOME_SCHEMA } from '../../../src/agents/adapters/structured.ts';
import { NOTHING_READ, readFurther } from '../../../src/agents/turn/reading.ts';
import { AgentSettings } from '../../../src/domain/settings/agent-settings.ts';
import { Trial } from '../support.ts';

const fixture = join(import.meta.dirname, '..', 'fixtures', 'claude-2.1.330-stream.jsonl');
const recorded = readFileSync(fixture, 'utf8').trim().split('\n');
const conversation = '22222222-2222-4222-8222-222222222222';
const DONE = { kind: 'done', summary: 'did it' } as const;

const launch = {
  kind: 'implement',
  worktree: '/app-issue-1',
  checkout: '/app',
  git: { common: '/app/.git', own: '/app/.git/worktrees/app-issue-1' },
  conversation,
  resume: false,
  settings: AgentSettings.parse({}),
} as const;

/** An exit after these lines, in which the agent reported done. */
const exit = (lines: readonly string[], changes: Partial<AgentExit> = {}): AgentExit => ({
  code: 0,
  resumed: false,
  reading: readFurther(NOTHING_READ, lines, claude),
  report: DONE,
  errors: '',
  tail: 'the tail',
  ...changes,
});

const result = (fields: object): string =>
  JSON.stringify({ type: 'result', subtype: 'success', is_error: false, result: '', ...fields });

test('a recorded run is read: conversation, tools, text, cost and tokens', () => {
  expect(recorded.flatMap(claude.parse)).toEqual([
    { type: 'conversation', id: conversation },
    { type: 'tool', name: 'Bash', detail: 'echo hi > hello.txt', id: 'toolu_fake_1' },
    { type: 'usage', message: { id: 'msg_fake_1', input: 10, output: 5 } },
    { type: 'tool-end', id: 'toolu_fake_1' },
    { type: 'text', text: 'Done: hello.txt written.' },
    { type: 'usage', message: { id: 'msg_fake_2', input: 10, output: 5 } },
    {
      type: 'result',
      failed: false,
      text: 'Done: hello.txt written.',
      costUsd: 0.00028000000000000003,
      tokens: { input: 20, output: 10 },
      denials: [],
    },
  ]);
  expect(claude.conclude(exit(recorded))).toEqual({ outcome: DONE });
});

test('lines it does not know, or that are broken, say nothing', () => {
  const broken = recorded.map((line) => line.slice(0, -20));
  const unknown = [
    '',
    'null',
    '7',
    '[]',
    '{}',
    '{"type":"later"}',
    '{"type":"assistant"}',
    '\u0000',
  ];
  expect([...broken, ...unknown].flatMap(claude.parse)).toEqual([]);
});

test('the first start names the conversation, later ones resume it; a repository’s settings are not read', () => {
  expect(claude.command(launch)).toEqual({
    program: 'claude',
    args: [
      ...['-p', '--output-format', 'stream-json', '--verbose', '--session-id', conversation],
      ...['--setting-sources', 'user', '--json-schema', JSON.stringify(OUTCOME_SCHEMA)],
      ...['--permission-mode', 'acceptEdits'],
      ...['--allowedTools', 'Edit,Write,Read,Glob,Grep,Bash'],
    ],
    env: {},
  });
  const settings = AgentSettings.parse({ model: 'opus', command: ['npx', 'claude'] });
  const { program, args } = claude.command({ ...launch, settings, resume: true });
  expect([program, ...args].slice(0, 3)).toEqual(['npx', 'claude', '-p']);
  expect(args.join(' ')).toContain(`--resume ${conversation}`);
  expect(args.join(' ')).toContain('--model opus');
});

test('it is told what it may cost, however little that is, and says when it has spent it', () => {
  const given = (costLimit: number, agent = {}) => {
    const settings = AgentSettings.parse(agent);
    const { args } = claude.command({ ...launch, costLimit, settings });
    return args[args.indexOf('--max-budget-usd') + 1];
  };
  expect([2.5, 0.1 + 0.2, 1e-9].map((one) => given(one))).toEqual([
    '2.500000',
    '0.300000',
    '0.000001',
  ]);
  // Its watcher, who knows what tokens cost, comes first.
  expect(given(2, { prices: { input: 5, output: 25 } })).toBe('3.000000');
  const line = result({ subtype: 'error_max_budget_usd', is_error: true, total_cost_usd: 2.6 });
  expect(claude.conclude(exit([line], { code: 1 }))).toEqual({ outcome: { kind: 'over-budget' } });
});

test('a planning turn may write to .coppice only', () => {
  const { args } = claude.command({ ...launch, kind: 'plan' });
  const tools = args[args.indexOf('--allowedTools') + 1];
  expect(tools).toBe('Read,Glob,Grep,Edit(/.coppice/**)');
  expect(args).not.toContain('acceptEdits');
});

test('an exit without a result line has failed, whatever was reported', () => {
  expect(claude.conclude(exit(recorded.slice(0, -1), { code: 1 }))).toEqual({
    outcome: { kind: 'failed', reason: 'Claude Code exited with code 1', tail: 'the tail' },
  });
});

test('subtype success with is_error has failed', () => {
  const line = result({ is_error: true, result: 'API Error: Connection error.' });
  expect(claude.conclude(exit([line], { code: 1 }))).toEqual({
    outcome: { kind: 'failed', reason: 'API Error: Connection error.', tail: 'the tail' },
  });
});

test('another subtype than success has failed', () => {
  const line = result({ subtype: 'error_max_turns' });
  expect(claude.conclude(exit([line], { code: 1 }))).toMatchObject({
    outcome: { kind: 'failed', reason: 'error_max_turns' },
  });
});

test('refused tools are told with what they were for', () => {
  const line = result({
    permission_denials: [
      { tool_name: 'Bash', tool_input: { command: 'npm test', description: 'Run the tests' } },
      { tool_name: 'WebFetch' },
    ],
  });
  expect(readFurther(NOTHING_READ, [line], claude).result?.denials).toEqual([
    'Bash(npm test)',
    'WebFetch',
  ]);
});

test.each([
  ['no answer', { api_error_status: null, terminal_reason: 'api_error' }, 'unavailable'],
  ['529', { api_error_status: 529, terminal_reason: 'api_error' }, 'unavailable'],
  ['a refused key', { api_error_status: 401, terminal_reason: 'api_error' }, 'failed'],
  ['too many turns', { terminal_reason: 'max_turns' }, 'failed'],
])('a run that ends with %s', (_, fields, kind) => {
  const line = result({ is_error: true, result: 'API Error', ...fields });
  expect(claude.conclude(exit([line], { code: 1 }))).toMatchObject({ outcome: { kind } });
});

const limited = (status: string) =>
  JSON.stringify({
    type: 'rate_limit_event',
    rate_limit_info: { status, resetsAt: 1_778_565_600, rateLimitType: 'five_hour' },
  });

test('a usage limit is waited out until the time the agent told', () => {
  const last = result({ is_error: true, result: "You've hit your limit · resets 2pm" });
  expect(claude.conclude(exit([limited('rejected'), last], { code: 1 }))).toEqual({
    outcome: { kind: 'usage-limited', until: '2026-05-12T06:00:00.000Z' },
  });
  expect(claude.conclude(exit([last], { code: 1 }))).toEqual({
    outcome: { kind: 'usage-limited' },
  });
});

test('a warning of a usage limit changes nothing', () => {
  expect(claude.conclude(exit([limited('allowed_warning'), ...recorded]))).toEqual({
    outcome: DONE,
  });
});

/** Claude Code's ways with conversation ids, as a shell script: `$AGENT_DIR/known` is the conversation it knows. */
const STAND_IN = `
while [ $# -gt 0 ]; do case $1 in
  --session-id) [ -e "$AGENT_DIR/known" ] && { echo "Error: Session ID $2 is already in use." >&2; exit 1; };;
  --resume) [ -e "$AGENT_DIR/known" ] || { echo "No conversation found with session ID: $2" >&2; exit 1; };;
esac; shift; done
: >"$AGENT_DIR/known"
`;

const reportsDone = `${STAND_IN} cat ${fixture}; done_`;

const trialOf = (script: string, changes: object = {}): Trial => {
  const trial = new Trial(script, changes);
  const settings = AgentSettings.parse({ command: trial.turn.settings.command });
  Object.assign(trial.turn, { settings });
  return trial;
};

test('a conversation that exists already is resumed', async () => {
  const trial = trialOf(reportsDone);
  trial.allow('known');
  expect(await trial.run()).toMatchObject({ outcome: DONE, attempts: 2, conversation });
  expect(trial.attemptFile(1, 'stderr')).toContain('already in use');
});

test('a conversation that got lost is started anew', async () => {
  const trial = trialOf(reportsDone, { resume: true });
  expect(await trial.run()).toMatchObject({ outcome: DONE, attempts: 2 });
});

test('a conversation killed before it began is started, after that resumed', async () => {
  const early = trialOf(
    `[ -e "$AGENT_DIR/twice" ] || { : >"$AGENT_DIR/twice"; kill -9 $$; }; ${reportsDone}`,
  );
  expect(await early.run()).toMatchObject({ outcome: DONE, attempts: 2 });
  const late = trialOf(
    `${STAND_IN} cat ${fixture}; [ -e "$AGENT_DIR/twice" ] || { : >"$AGENT_DIR/twice"; kill -9 $$; }; done_`,
  );
  expect(await late.run()).toMatchObject({ outcome: DONE, attempts: 2 });
});

test('the cost of a turn is what it added to its conversation’s', async () => {
  const first = trialOf(`${STAND_IN} echo '${result({ total_cost_usd: 0.5 })}'; done_`);
  expect((await first.run()).costUsd).toBeCloseTo(0.5);
  const second = trialOf(
    `: >"$AGENT_DIR/known"; ${STAND_IN} echo '${result({ total_cost_usd: 0.8 })}'; done_`,
    { resume: true },
  );
  expect((await second.run({ turns: first.turns })).costUsd).toBeCloseTo(0.3);
});

const answer = (id: string, tokens: number, content: object[] = []): string =>
  JSON.stringify({
    type: 'assistant',
    message: { id, content, usage: { input_tokens: tokens, output_tokens: 0 } },
  });

const PRICES = { input: 1, output: 1 };

/** Says a line of its own, in a shell. */
const says = (line: string): string => `echo '${line}'`;

/** Lets the agent go on when its watcher has looked often enough at what it said to stop it. */
const afterLooks = (trial: Trial) => {
  let looks = 0;
  return ({ journalBytes }: { readonly journalBytes: number }) => {
    if (journalBytes > 0 && ++looks > 10) trial.allow('go');
  };
};

test('what a killed run said of its tokens is counted', async () => {
  const trial = trialOf(
    `[ -e "$AGENT_DIR/twice" ] || { : >"$AGENT_DIR/twice"; ${says(answer('a', 700))}; ${says(answer('a', 700))}; kill -9 $$; }
     ${says(answer('b', 20))}; ${says(result({ usage: { input_tokens: 30, output_tokens: 4 } }))}; done_`,
  );
  expect(await trial.run()).toMatchObject({ attempts: 2, tokens: { input: 730, output: 4 } });
});

test('an agent that has spent its budget is stopped, but not in the middle of a tool call', async () => {
  const tool = { type: 'tool_use', id: 't1', name: 'Bash', input: { command: 'npm test' } };
  const ended = { type: 'tool_result', tool_use_id: 't1', content: 'ok' };
  const trial = trialOf(
    `${says(answer('a', 2_000_000, [tool]))}; until_ go; echo whole >"$AGENT_DIR/tool"
     ${says(JSON.stringify({ type: 'user', message: { content: [ended] } }))}; until_ never`,
    { costLimit: 1.5 },
  );
  Object.assign(trial.turn.settings, { prices: PRICES });
  const ending = await trial.run({ onProgress: afterLooks(trial) });
  expect(ending).toMatchObject({
    ...{ outcome: { kind: 'over-budget' }, attempts: 1 },
    tokens: { input: 2_000_000, output: 0 },
  });
  expect(readFileSync(join(trial.directory, 'tool'), 'utf8')).toBe('whole\n');
});

test('an agent that is within its budget, or has none, is left alone', async () => {
  for (const costLimit of [3, undefined]) {
    const trial = trialOf(
      `${says(answer('a', 2_000_000))}; until_ go; ${says(result({}))}; done_`,
      { costLimit },
    );
    Object.assign(trial.turn.settings, { prices: PRICES });
    expect(await trial.run({ onProgress: afterLooks(trial) })).toMatchObject({ outcome: DONE });
  }
});

test('in the sandbox a terminal is not asked whether the worktree is trusted: the answer could not be kept', () => {
  expect(claude.interactive?.({ ...launch, resume: true, sandboxed: true }).env).toEqual({
    CLAUDE_CODE_SANDBOXED: '1',
  });
  // Without one the question is the person's, and the agent keeps the answer.
  expect(claude.interactive?.({ ...launch, resume: true }).env).toEqual({});
});
