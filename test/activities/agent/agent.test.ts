import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { expect, onTestFinished, test } from 'vitest';
import { createAgentActivities } from '../../../src/activities/agent/agent.ts';
import type { TurnInput } from '../../../src/activities/agent/turn-types.ts';
import type { TurnResult } from '../../../src/domain/session/turn.ts';
import { AgentSettings } from '../../../src/domain/settings/agent-settings.ts';
import { inspectWork } from '../../../src/git/worktree/work.ts';
import { members } from '../../../src/process/members.ts';
import { stopAll } from '../../../src/process/stop.ts';
import { coppiceHome } from '../../../src/state/home.ts';
import { readIssueText, saveIssueText } from '../../../src/state/issue-text.ts';
import { closedUsageGates } from '../../../src/state/usage-gates.ts';
import { createRepository, run as git } from '../../support/git-repository.ts';

const PREAMBLE = `
report() { mkdir -p .coppice; cat >.coppice/outcome.json; }
done_() { echo '{"kind":"done","summary":"did it"}' | report; exit 0; }
until_() { while [ ! -e "$AGENT_DIR/$1" ]; do sleep 0.02; done; }
work() { echo x >work.txt; git add .; git -c user.name=A -c user.email=a@b -c commit.gpgSign=false commit -qm work; }
echo "$$ $COPPICE_RESUME" >>"$AGENT_DIR/starts"
`;

let count = 0;

/** A session's worktree in a real repository, and an agent that is a shell script. */
function session(script: string, changes: Partial<TurnInput> = {}, home?: string) {
  const repository = createRepository();
  const { root, checkout } = repository;
  const location = repository.location(124);
  git(checkout, 'worktree', 'add', '--quiet', '-b', location.branch, location.worktree);
  writeFileSync(join(root, 'agent.sh'), PREAMBLE + script);
  const input: TurnInput = {
    turnId: `acme.app.124.${process.pid}.${Date.now()}.${++count}`,
    kind: 'implement',
    location,
    base: { branch: 'main', tip: git(checkout, 'rev-parse', 'HEAD') },
    targetBranch: 'main',
    agent: AgentSettings.parse({
      adapter: 'command',
      command: ['sh', join(root, 'agent.sh')],
      env: ['AGENT_DIR', 'SAMPLE_TOKEN'],
    }),
    conversation: '11111111-1111-4111-8111-111111111111',
    resume: false,
    context: '',
    guidance: '',
    timeout: 60,
    idleTimeout: 60,
    ...changes,
  };
  const asked: number[] = [];
  const ownHome = coppiceHome({ COPPICE_HOME: home ?? root });
  const activities = createAgentActivities({
    home: ownHome,
    env: { ...process.env, AGENT_DIR: root, SAMPLE_TOKEN: 'not-to-be-seen' },
    readIssue: async (name, number) => {
      asked.push(number);
      return { title: `Issue ${number} of ${name}`, body: 'Do it.' };
    },
    inspectWork,
    sandbox: async () => undefined,
    grace: 500,
  });
  const marks = { COPPICE_TURN: input.turnId };
  onTestFinished(() => stopAll(() => members(marks), 0));
  const file = (name: string) => join(root, name);
  return {
    root,
    home: ownHome,
    input,
    /** Issues that GitHub was asked for. */
    asked,
    checkout,
    members: () => members(marks),
    allow: (step: string) => writeFileSync(file(step), ''),
    read: (name: string) => readFileSync(file(name), 'utf8'),
    starts: () =>
      existsSync(file('starts')) ? readFileSync(file('starts'), 'utf8').trim().split('\n') : [],
    start(given = input) {
      const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
      const heartbeats: unknown[] = [];
      environment.on('heartbeat', (details: unknown) => heartbeats.push(details));
      const result: Promise<TurnResult> = environment.run(activities.runTurn, given);
      return { result, heartbeats, cancel: environment.cancel };
    },
  };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(10);
}

test('a turn that is done with a commit says so, with what git says of the work', async () => {
  const trial = session('cat >"$AGENT_DIR/prompt"; work; done_');
  const { result, heartbeats } = trial.start();
  expect(heartbeats[0]).toMatchObject({ activity: 'starting', journalBytes: 0 });
  expect(await result).toMatchObject({
    outcome: { kind: 'done', summary: 'did it' },
    attempts: 1,
    denials: [],
    work: { branch: 'issue-124', commits: 1, uncommitted: 0, diff: { files: 1, insertions: 1 } },
  });
  expect(trial.read('prompt')).toContain('Issue 124 of acme/app\n\nDo it.');
});

test('a turn begins with the text that the host has of its issue, and asks GitHub for no other', async () => {
  const trial = session('cat >"$AGENT_DIR/prompt"; work; done_');
  const { repository, issue } = trial.input.location;
  await saveIssueText(trial.home, repository, issue, { title: 'As chosen', body: 'Do this.' });
  await trial.start().result;
  expect(trial.read('prompt')).toContain('As chosen\n\nDo this.');
  expect(trial.asked).toEqual([]);
});

test('the text of an edited issue is read again, and kept for the turns after', async () => {
  const trial = session('cat >"$AGENT_DIR/prompt"; work; done_', { rereadIssue: true });
  const { repository, issue } = trial.input.location;
  await saveIssueText(trial.home, repository, issue, { title: 'As chosen', body: 'Do this.' });
  await trial.start().result;
  expect(trial.read('prompt')).toContain('Issue 124 of acme/app\n\nDo it.');
  expect(await readIssueText(trial.home, repository, issue)).toMatchObject({ body: 'Do it.' });
  expect(trial.asked).toEqual([124]);
});

test('a turn that is taken again is told so', async () => {
  const trial = session('cat >"$AGENT_DIR/prompt"; work; done_', { again: true });
  await trial.start().result;
  expect(trial.read('prompt')).toContain('You were interrupted in the middle of your work.');
});

test('a planning turn is done with its plan, without a commit', async () => {
  const plan = 'mkdir -p .coppice; echo "# The plan" >.coppice/plan.md; done_';
  expect((await session(plan, { kind: 'plan' }).start().result).outcome).toEqual({
    kind: 'done',
    summary: '# The plan',
  });
});

test('when the worker shuts down the agent is stopped, and a retry resumes its conversation', async () => {
  const trial = session('[ $COPPICE_RESUME = 1 ] && { work; done_; }; until_ never');
  const first = trial.start();
  await until(() => trial.starts().length === 1);
  first.cancel('WORKER_SHUTDOWN');
  const failure = await first.result.catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ApplicationFailure);
  expect(failure).toMatchObject({ type: 'TurnInterrupted', nonRetryable: false });
  expect(trial.members()).toEqual([]);
  expect(await trial.start().result).toMatchObject({ outcome: { kind: 'done' }, attempts: 2 });
});

test('when the session is cancelled the agent is stopped, ignore it SIGTERM or not', async () => {
  const trial = session("trap '' TERM; setsid sleep 1000 & until_ never");
  const { result, cancel } = trial.start();
  await until(() => trial.starts().length === 1);
  cancel('CANCELLED');
  await expect(result).rejects.toBeInstanceOf(CancelledFailure);
  expect(trial.members()).toEqual([]);
});

test.each(['TIMED_OUT', 'NOT_FOUND'] as const)(
  'an activity the server has given up (%s) leaves the agent to the next one',
  async (reason) => {
    const trial = session(
      'git checkout -q --detach; until_ go; git checkout -q issue-124; work; done_',
    );
    const first = trial.start();
    await until(() => trial.starts().length === 1);
    first.cancel(reason);
    await expect(first.result).rejects.toBeInstanceOf(CancelledFailure);
    expect(trial.members()).not.toEqual([]);
    const second = trial.start();
    trial.allow('go');
    expect(await second.result).toMatchObject({ outcome: { kind: 'done' }, attempts: 1 });
    expect(trial.starts()).toHaveLength(1);
  },
);

test('heartbeats tell what the agent does, without its secrets', async () => {
  const trial = session('echo "using $SAMPLE_TOKEN"; until_ go; exit 3');
  const { result, heartbeats } = trial.start();
  await until(() => JSON.stringify(heartbeats).includes('using [secret]'));
  trial.allow('go');
  expect((await result).outcome).toMatchObject({ kind: 'failed', tail: 'using [secret]' });
});

test('a secret in the name of a file stays on the host', async () => {
  const trial = session('touch "name-$SAMPLE_TOKEN"; work; done_');
  const { work } = await trial.start().result;
  expect(work.changed).toContain('name-[secret]');
});

test('a worktree that is gone, or has something else checked out, is lost', async () => {
  const gone = session('done_');
  git(gone.checkout, 'worktree', 'remove', '--force', gone.input.location.worktree);
  await expect(gone.start().result).rejects.toMatchObject({ type: 'WorktreeLost' });
  const other = session('done_');
  git(other.input.location.worktree, 'checkout', '--quiet', '--detach');
  await expect(other.start().result).rejects.toMatchObject({
    type: 'WorktreeLost',
    message: expect.stringContaining('no branch checked out instead of issue-124'),
  });
  expect([...gone.starts(), ...other.starts()]).toEqual([]);
});

const COMMIT = `git -c user.name=A -c user.email=a@b -c commit.gpgSign=false commit -q --allow-empty -m more`;

test.each([
  ['a branch of its own', 'git checkout -q -b feat/x; work; done_'],
  ['a detached HEAD', 'git checkout -q --detach; work; done_'],
  ['its branch renamed', 'git branch -m feat/renamed; work; done_'],
  ['its branch deleted', 'git checkout -q --detach; git branch -q -D issue-124; work; done_'],
])('what the agent committed on %s is on the session’s branch afterwards', async (_, script) => {
  const trial = session(script);
  const { outcome, work } = await trial.start().result;
  expect([outcome.kind, work.branch, work.commits]).toEqual(['done', 'issue-124', 1]);
  expect(git(trial.input.location.worktree, 'diff', 'HEAD')).toBe('');
  expect(git(trial.checkout, 'rev-parse', 'issue-124')).toBe(work.head);
});

test.each([
  ['commits of somebody else', 'git checkout -q -b mine other; work; done_'],
  ['another history', `work; git checkout -q -b mine HEAD~1; ${COMMIT}; done_`],
  [
    'a rebase under way',
    'work; git checkout -q --detach; mkdir "$(git rev-parse --git-path rebase-merge)"; done_',
  ],
])('with %s HEAD stays, and the turn that tells the agent so is taken', async (_, script) => {
  const trial = session(
    `[ "$COPPICE_RESUME" = 1 ] && { git checkout -q issue-124; done_; }\n${script}`,
  );
  git(trial.checkout, 'checkout', '--quiet', '-b', 'other');
  git(trial.checkout, 'commit', '--quiet', '--allow-empty', '--message', 'not the agent’s');
  const first = await trial.start().result;
  expect(first.work.branch).not.toBe('issue-124');
  const told = { ...trial.input, turnId: `${trial.input.turnId}2`, resume: true };
  const again = (kind: TurnInput['kind']) => trial.start({ ...told, kind }).result;
  await expect(again('feedback')).rejects.toMatchObject({ type: 'WorktreeLost' });
  expect((await again('nudge')).work.branch).toBe('issue-124');
});

test('an agent that is not installed is named, with what to do', async () => {
  const missing = (agent: Parameters<typeof AgentSettings.parse>[0]) =>
    session('', { agent: AgentSettings.parse(agent) }).start().result;
  await expect(missing({ adapter: 'command', command: ['no-such-agent'] })).rejects.toMatchObject({
    type: 'AgentUnavailable',
    message: expect.stringContaining('no program no-such-agent: install it'),
  });
  await expect(missing({ adapter: 'command' })).rejects.toThrow(/agent.command is not set/);
  await expect(missing({ command: ['no-claude'] })).rejects.toThrow(/npm install -g @anthropic-ai/);
});

/** A Claude that is a shell script and says these lines. */
const claude = (home: string | undefined, ...lines: object[]) => {
  const said = lines.map((line) => `echo '${JSON.stringify(line)}'`).join('; ');
  const trial = session(said, {}, home);
  Object.assign(trial.input.agent, { adapter: 'claude' });
  return trial;
};

const limited = (resetsAt?: number) => [
  { type: 'rate_limit_event', rate_limit_info: { status: 'rejected', resetsAt } },
  { type: 'result', subtype: 'success', is_error: true, result: 'You’ve hit your limit' },
];

const DONE = { type: 'result', subtype: 'success', is_error: false, structured_output: {} };

test('while an account is at its usage limit none of its agents is started, whichever session asks', async () => {
  const resetsAt = Math.floor(Date.now() / 1_000) + 3_600;
  const first = claude(undefined, ...limited(resetsAt));
  const until = new Date(resetsAt * 1_000).toISOString();
  const outcome = { kind: 'usage-limited', until, account: 'claude (its own login)' };
  expect(await first.start().result).toMatchObject({ outcome, attempts: 1 });
  const second = claude(first.root, DONE);
  expect(await second.start().result).toMatchObject({ outcome, attempts: 0, denials: [] });
  expect(second.starts()).toEqual([]);
  expect(await closedUsageGates(coppiceHome({ COPPICE_HOME: first.root }))).toMatchObject([
    { account: 'claude (its own login)', until },
  ]);
  const insisting = claude(first.root, DONE);
  Object.assign(insisting.input, { ignoreUsageLimit: true });
  expect(await insisting.start().result).toMatchObject({ attempts: 1 });
  expect(await closedUsageGates(coppiceHome({ COPPICE_HOME: first.root }))).toEqual([]);
  const another = session('work; done_', {}, first.root);
  expect(await another.start().result).toMatchObject({ outcome: { kind: 'done' }, attempts: 1 });
});

test('a limit without an end is guessed at for all, and a turn that gets through opens the gate', async () => {
  const first = claude(undefined, ...limited());
  const home = coppiceHome({ COPPICE_HOME: first.root });
  expect((await first.start().result).outcome).toMatchObject({ until: expect.any(String) });
  const [gate] = await closedUsageGates(home);
  expect(gate).toMatchObject({ guesses: 1 });
  // Asked again, the same turn tells the same.
  await first.start().result;
  expect(await closedUsageGates(home)).toEqual([gate]);

  const [file = ''] = readdirSync(home.usageLimits);
  const past = new Date(Date.now() - 1_000).toISOString();
  const over = JSON.stringify({ ...gate, closedAt: past, until: past });
  writeFileSync(join(home.usageLimits, file), over);
  expect(await claude(first.root, DONE).start().result).toMatchObject({
    outcome: { kind: 'invalid' },
    attempts: 1,
  });
  expect(readdirSync(home.usageLimits)).toEqual([]);
});
