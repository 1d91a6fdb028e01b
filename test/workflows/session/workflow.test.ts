import type { WorkflowFailedError } from '@temporalio/client';
import { expect, test } from 'vitest';
import { type QuestionOption, withDefaults } from '../../../src/domain/session/options.ts';
import type { SessionInput } from '../../../src/domain/session/session.ts';
import type { Outcome } from '../../../src/domain/session/turn.ts';
import { SessionSettings } from '../../../src/domain/settings/session-settings.ts';
import { CoppiceError } from '../../../src/domain/shared/failure.ts';
import type { RepositoryName } from '../../../src/domain/shared/repository.ts';
import {
  detailQuery,
  guidanceSignal,
  reportDependencySignal,
  reportFeedbackSignal,
  reportPullRequestSignal,
  statusQuery,
} from '../../../src/workflows/messages.ts';
import { aCheck, checksWith } from '../../support/checks.ts';
import { eventually } from '../../support/eventually.ts';
import { IMPATIENT } from '../../support/fake-world.ts';
import {
  environmentOfTests,
  type SessionHandle,
  startSession,
  until,
} from '../../support/workflow-session.ts';

const environment = await environmentOfTests();

let lastIssue = 100;
const newIssue = (): number => ++lastIssue;

const start = (issue: number, more: Partial<SessionInput> = {}) =>
  startSession(environment, issue, more);

const callsOf = (issue: number): string[] =>
  environment.world.calls
    .filter((call) => call.includes(` #${issue}`))
    .map((call) => call.replace(` #${issue}`, ''));

/** Why it is stuck, once it is. */
async function reason(handle: SessionHandle): Promise<string | null> {
  await until(handle, 'stuck');
  return (await handle.query(statusQuery)).stuckReason;
}

test('what to know of its commits before a merge is shown, and stays in the pull request', async () => {
  const issue = newIssue();
  environment.world.cautions.set(issue, ['It changes what CI runs.']);
  const handle = await start(issue);
  await until(handle, 'complete');
  expect((await handle.query(detailQuery)).cautions).toEqual(['It changes what CI runs.']);
  // The activity that opens the pull request has said so in it already.
  expect(environment.world.described.get(issue)).toBeUndefined();
  await handle.signal(reportPullRequestSignal, environment.world.merged(issue));
  await handle.result();
});

test('a session goes from its issue to a merged pull request and cleans up after itself', async () => {
  const issue = newIssue();
  const handle = await start(issue);
  await until(handle, 'complete');
  expect(await handle.query(statusQuery)).toMatchObject({
    id: String(issue),
    issueTitle: `Issue ${issue}`,
    branch: `issue-${issue}`,
    pullRequestState: 'open',
    diff: { files: 3, insertions: 42, deletions: 5 },
    turns: 1,
  });
  await handle.signal(reportPullRequestSignal, environment.world.merged(issue));
  expect(await handle.result()).toMatchObject({ status: 'merged', turns: 1, costUsd: 0.5 });
  expect(callsOf(issue)).toEqual([
    'register',
    'createWorktree main',
    'runTurn implement',
    'publish main',
    'makeReady true',
    'removeWorktree',
  ]);
  // No run is there to know whether anything stands on its branch: GitHub does.
  expect(environment.world.calls).toContain(`deleteBranch issue-${issue} head`);
});

test('a merged branch is kept where the policy says so', async () => {
  const issue = newIssue();
  environment.world.settings = SessionSettings.parse({
    ...IMPATIENT,
    policy: { ...IMPATIENT.policy, mergedBranches: 'keep' },
  });
  const handle = await start(issue);
  await until(handle, 'complete');
  environment.world.settings = SessionSettings.parse(IMPATIENT);
  await handle.signal(reportPullRequestSignal, environment.world.merged(issue));
  await handle.result();
  expect(environment.world.calls).not.toContain(`deleteBranch issue-${issue} head`);
});

test('a stuck session waits for guidance, and hands it to the agent in the same conversation', async () => {
  const issue = newIssue();
  environment.world.script(issue, {
    kind: 'stuck',
    decision: 'Token refresh approach',
    options: withDefaults(['sliding expiration', 'fixed expiration']),
    context: 'User tokens expire after 1 hour',
  });
  const handle = await start(issue);
  await until(handle, 'stuck');
  const detail = await handle.query(detailQuery);
  expect(detail.stuck?.options).toEqual(withDefaults(['sliding expiration', 'fixed expiration']));
  expect(detail.record.stuckReason).toBe('Token refresh approach');

  await handle.signal(guidanceSignal, 'Use sliding expiration');
  await until(handle, 'complete');
  const [first, second] = environment.world.turnInputs.filter(
    ({ location }) => location.issue === issue,
  );
  expect(first).toMatchObject({ kind: 'implement', resume: false });
  expect(second).toMatchObject({
    kind: 'guidance',
    resume: true,
    guidance: 'Use sliding expiration',
    conversation: first?.conversation,
  });
  const forwarded = environment.world.records
    .get(issue)
    ?.map(({ record }) => record.forwardedMessage);
  expect(forwarded).toContain('Use sliding expiration');
  expect(forwarded?.at(-1)).toBeNull();
  // Of turns that wait for a slot the guided one comes first.
  const { events } = await handle.fetchHistory();
  const turns = events?.flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
    scheduled?.activityType?.name === 'runTurn' ? [scheduled.priority?.priorityKey] : [],
  );
  expect(turns).toEqual([4, 1]);
  expect(environment.world.published.at(-1)?.parts.decisions).toEqual([
    { decision: 'Token refresh approach', guidance: 'Use sliding expiration' },
  ]);
});

test('guidance that arrives while the agent works is given to its next turn, in order, once', async () => {
  const issue = newIssue();
  const { promise, resolve } = Promise.withResolvers<{
    kind: 'stuck';
    decision: string;
    options: QuestionOption[];
    context: string;
  }>();
  environment.world.script(issue, promise);
  const handle = await start(issue);
  await eventually(() => expect(callsOf(issue)).toContain('runTurn implement'));
  await handle.signal(guidanceSignal, 'first');
  await handle.signal(guidanceSignal, { text: 'second' });
  resolve({ kind: 'stuck', decision: 'what now?', options: [], context: '' });
  await until(handle, 'complete');
  const told = environment.world.turnInputs
    .filter(({ location }) => location.issue === issue)
    .map((turn) => turn.guidance);
  expect(told).toEqual(['', 'first\n\nsecond']);
});

test('done without a commit is nudged once, then a person is asked', async () => {
  const issue = newIssue();
  const lazy = { outcome: { kind: 'done', summary: 'all done' }, work: { commits: 0 } } as const;
  environment.world.script(issue, lazy, lazy);
  const handle = await start(issue);
  await until(handle, 'stuck');
  expect((await handle.query(statusQuery)).stuckReason).toContain('without a commit');
  expect(callsOf(issue)).toContain('runTurn nudge');
  expect(callsOf(issue)).not.toContain('publish main');
});

test('a caution makes the session wait until a person approves the plan', async () => {
  const issue = newIssue();
  const handle = await start(issue, { caution: 'touches payments' });
  await until(handle, 'stuck');
  expect(await handle.query(statusQuery)).toMatchObject({
    stuckReason: expect.stringContaining('touches payments'),
    asksFor: 'approval',
  });
  await handle.signal(guidanceSignal, 'use the other module');
  await eventually(() =>
    expect(callsOf(issue).filter((call) => call === 'runTurn plan')).toHaveLength(2),
  );
  await until(handle, 'stuck');
  await handle.signal(guidanceSignal, { action: 'approve' });
  await until(handle, 'complete');
  expect(callsOf(issue).filter((call) => call.startsWith('runTurn'))).toEqual([
    'runTurn plan',
    'runTurn plan',
    'runTurn implement',
  ]);
});

test('what Coppice can’t settle makes the session stuck, and guidance tries the same step again', async () => {
  const issue = newIssue();
  environment.world.failures.set(`publish #${issue}`, [
    new CoppiceError(
      'PushRejected',
      'the remote has other commits on issue-1',
      'hint: fetch first',
    ),
  ]);
  const handle = await start(issue);
  await until(handle, 'stuck');
  const { stuck } = await handle.query(detailQuery);
  expect(stuck).toMatchObject({
    decision: 'the remote has other commits on issue-1',
    context: 'hint: fetch first',
  });
  await handle.signal(guidanceSignal, 'try again');
  await until(handle, 'complete');
  expect(callsOf(issue).filter((call) => call === 'runTurn implement')).toHaveLength(1);
});

test('a turn that can’t be taken is not under way while a person is asked, and is taken after', async () => {
  const issue = newIssue();
  environment.world.failures.set(`runTurn #${issue}`, [
    new CoppiceError('WorktreeLost', 'the worktree has feat/x instead of issue-1'),
  ]);
  const handle = await start(issue);
  await until(handle, 'stuck');
  expect((await handle.query(detailQuery)).turns).toMatchObject([
    { endedAt: expect.any(String), outcome: 'failed' },
  ]);
  await handle.signal(guidanceSignal, 'put right');
  await until(handle, 'complete');
  expect((await handle.query(detailQuery)).turns).toMatchObject([{ outcome: 'done' }]);
});

test('guidance meant for the agent is no answer to a question about something else', async () => {
  const issue = newIssue();
  const { promise, resolve } = Promise.withResolvers<{ kind: 'done'; summary: string }>();
  environment.world.script(issue, promise);
  environment.world.failures.set(`publish #${issue}`, [
    new CoppiceError('PushRejected', 'the remote has other commits'),
  ]);
  const handle = await start(issue);
  await eventually(() => expect(callsOf(issue)).toContain('runTurn implement'));
  await handle.signal(guidanceSignal, 'also update the docs');
  resolve({ kind: 'done', summary: 'done' });
  await until(handle, 'stuck');
  await handle.signal(guidanceSignal, 'mended');
  await eventually(() =>
    expect(callsOf(issue).filter((call) => call.startsWith('publish'))).toHaveLength(2),
  );
  await until(handle, 'complete');
  const told = environment.world.turnInputs
    .filter(({ location }) => location.issue === issue)
    .map((turn) => turn.guidance);
  expect(told).toEqual(['', 'also update the docs']);
});

test('the world’s trouble is retried without anybody being asked', async () => {
  const issue = newIssue();
  environment.world.failures.set(`publish #${issue}`, [
    new Error('socket hang up') as CoppiceError,
  ]);
  const handle = await start(issue);
  await until(handle, 'complete');
  const statuses = environment.world.records.get(issue)?.map(({ record }) => record.status);
  expect(statuses).not.toContain('stuck');
});

test('a registration that fails is asked about, and tried again after guidance', async () => {
  const issue = newIssue();
  environment.world.failures.set(`register #${issue}`, [
    new CoppiceError('IssueNotWorkable', `#${issue} is closed`),
    new CoppiceError('Unauthorized', 'GitHub does not accept the token (401)'),
  ]);
  const handle = await start(issue);
  expect(await reason(handle)).toBe(`#${issue} is closed`);
  await eventually(() => expect(environment.world.notices).toContain(`#${issue} is stuck`));
  await handle.signal(guidanceSignal, 'I opened it again');
  await eventually(async () =>
    expect((await handle.query(statusQuery)).stuckReason).toContain('GitHub does not accept'),
  );
  await handle.signal(guidanceSignal, 'I logged in');
  await until(handle, 'complete');
  expect(callsOf(issue).filter((call) => call === 'register')).toHaveLength(1);
});

test('a session that could not be registered can be cancelled', async () => {
  const issue = newIssue();
  environment.world.failures.set(`register #${issue}`, [
    new CoppiceError('UnknownRepository', 'this host knows no checkout of acme/app'),
  ]);
  const handle = await start(issue);
  await until(handle, 'stuck');
  await handle.cancel();
  await expect(handle.result()).rejects.toThrow();
  const record = await handle.query(statusQuery);
  expect(record).toMatchObject({ status: 'cancelled', activity: 'cancelled by a person' });
});

test('an agent that coppice.yaml does not have is asked about', async () => {
  const issue = newIssue();
  const handle = await start(issue, { agent: 'slow' });
  expect(await reason(handle)).toContain('there is no agent slow');
  expect(callsOf(issue)).toEqual(['register']);
  await handle.cancel();
});

test('an issue that goes away in mid-session is asked about', async () => {
  const issue = newIssue();
  const gone = `acme/app has no issue #${issue}, or the GitHub token may not see it`;
  environment.world.failures.set(`runTurn #${issue}`, [new CoppiceError('IssueNotWorkable', gone)]);
  const handle = await start(issue);
  expect(await reason(handle)).toBe(gone);
  await handle.signal(guidanceSignal, 'it is back');
  await until(handle, 'complete');
});

test('a fault of Coppice’s own is asked about, and fails neither the workflow nor its tasks', async () => {
  const issue = newIssue();
  const { settings } = environment.world;
  // An answer that the workflow can't work with.
  environment.world.settings = { ...settings, policy: undefined } as unknown as SessionSettings;
  const handle = await start(issue);
  try {
    expect(await reason(handle)).toContain('Coppice has a fault: TypeError');
  } finally {
    environment.world.settings = settings;
  }
  await handle.cancel();
  await expect(handle.result()).rejects.toThrow();
  const { events } = await handle.fetchHistory();
  expect(events?.some((event) => event.workflowTaskFailedEventAttributes)).toBe(false);
  expect((await handle.describe()).status.name).toBe('CANCELLED');
});

test('a fault while a message is taken fails no workflow task, and is shown', async () => {
  const issue = newIssue();
  const { settings } = environment.world;
  environment.world.settings = { ...settings, policy: {} } as unknown as SessionSettings;
  const handle = await start(issue);
  try {
    await until(handle, 'stuck');
  } finally {
    environment.world.settings = settings;
  }
  await handle.signal(reportFeedbackSignal, []);
  await eventually(async () =>
    expect((await handle.query(detailQuery)).refused.at(-1)).toMatchObject({
      what: 'signal reportFeedback',
      reason: expect.stringContaining('a fault of Coppice: TypeError'),
    }),
  );
  await handle.cancel();
  await expect(handle.result()).rejects.toThrow();
  const { events } = await handle.fetchHistory();
  expect(events?.some((event) => event.workflowTaskFailedEventAttributes)).toBe(false);
});

test('input that is not valid fails the workflow in one go', async () => {
  const handle = await start(newIssue(), { repository: '../etc' as RepositoryName });
  const failure = (await handle.result().catch((error: unknown) => error)) as WorkflowFailedError;
  expect(failure.cause?.message).toContain('owner/name');
});

test('cancelling stops the session, keeps its worktree, and says so', async () => {
  const issue = newIssue();
  const handle = await start(issue);
  await until(handle, 'complete');
  await handle.cancel();
  await expect(handle.result()).rejects.toThrow();
  expect(environment.world.records.get(issue)?.at(-1)?.record.status).toBe('cancelled');
  expect(callsOf(issue)).not.toContain('removeWorktree');
  expect(callsOf(issue)).toContain('unwatch');
});

test('cancelled in the middle of a step, a session asks nothing about that', async () => {
  const issue = newIssue();
  environment.world.script(issue, { underWay: true, begun: true, responded: true });
  const handle = await start(issue);
  await eventually(() => expect(callsOf(issue)).toContain('runTurn implement'));
  await handle.cancel();
  await expect(handle.result()).rejects.toThrow();
  const { events } = await handle.fetchHistory();
  const statuses = (events ?? []).flatMap(
    ({ upsertWorkflowSearchAttributesEventAttributes: upsert }) => {
      const status = upsert?.searchAttributes?.indexedFields?.CoppiceStatus;
      return status?.data ? [JSON.parse(Buffer.from(status.data).toString())] : [];
    },
  );
  expect(statuses).toEqual(['registered', 'working', 'cancelled']);
});

test('a pull request closed unmerged ends the session cancelled', async () => {
  const issue = newIssue();
  const handle = await start(issue);
  await until(handle, 'complete');
  await handle.signal(
    reportPullRequestSignal,
    environment.world.pullRequest(issue, { state: 'closed' }),
  );
  expect((await handle.result()).status).toBe('cancelled');
});

test('when the session below is merged, the branch moves onto the target branch and the pull request with it', async () => {
  const issue = newIssue();
  const handle = await start(issue, {
    parent: { issue: 90, branch: 'issue-90', pullRequestUrl: 'https://github.test/pull/90' },
  });
  await until(handle, 'complete');
  expect(environment.world.published.at(-1)?.parts.parent?.issue).toBe(90);
  await handle.signal(reportDependencySignal, { issue: 90, event: 'merged' });
  await eventually(() => expect(callsOf(issue)).toContain('retarget main'));
  await until(handle, 'complete');
  await handle.signal(reportPullRequestSignal, environment.world.merged(issue));
  expect((await handle.result()).status).toBe('merged');
  expect(callsOf(issue).slice(1, 7)).toEqual([
    'createWorktree issue-90',
    'runTurn implement',
    'publish issue-90',
    'makeReady true',
    'restack issue-90→main',
    'retarget main',
  ]);
});

test('merged into the branch of the session below is not merged yet', async () => {
  const issue = newIssue();
  const handle = await start(issue, {
    parent: { issue: 91, branch: 'issue-91', pullRequestUrl: 'https://github.test/pull/91' },
  });
  await until(handle, 'complete');
  await handle.signal(reportPullRequestSignal, environment.world.merged(issue, 'issue-91'));
  await eventually(async () =>
    expect((await handle.query(statusQuery)).activity).toBe('merged into issue-91, waits for #91'),
  );
  // There is nothing left to guide, and nobody to be kept busy by it.
  await handle.signal(guidanceSignal, 'one more thing');
  await eventually(async () => expect((await handle.query(detailQuery)).refused).toHaveLength(1));
  expect(callsOf(issue).filter((call) => call.startsWith('runTurn'))).toHaveLength(1);
  await handle.signal(reportDependencySignal, { issue: 91, event: 'merged' });
  expect((await handle.result()).status).toBe('merged');
});

test('commits that may not be pushed are the agent’s to mend once, then a person’s', async () => {
  const issue = newIssue();
  const problem = 'the check `npm test` failed with exit code 1:\n\n1 failing';
  environment.world.outgoing.set(issue, [problem, problem]);
  const handle = await start(issue);
  await until(handle, 'stuck');
  expect((await handle.query(detailQuery)).stuck).toMatchObject({
    decision:
      'The commits can’t be pushed as they are: the check `npm test` failed with exit code 1:',
    context: `${problem}\n\nIt is the second time in a row: the same problem, and nothing changed in between (3 files, +42 -5).`,
  });
  expect(callsOf(issue)).not.toContain('publish main');
  await handle.signal(guidanceSignal, 'the clock is off');
  await until(handle, 'complete');
  expect(callsOf(issue).filter((call) => call.startsWith('runTurn'))).toEqual([
    'runTurn implement',
    'runTurn nudge',
    'runTurn nudge',
  ]);
  const last = environment.world.turnInputs.findLast(({ location }) => location.issue === issue);
  expect(last).toMatchObject({ context: problem, guidance: 'the clock is off' });
});

test('commits that may not be pushed for another reason, after a push, are the agent’s to mend again', async () => {
  const issue = newIssue();
  const { world } = environment;
  world.outgoing.set(issue, ['the file is too large', '', 'a secret is in it']);
  const handle = await start(issue);
  await until(handle, 'complete');
  await handle.signal(guidanceSignal, 'and now the other half');
  await eventually(() =>
    expect(callsOf(issue).filter((call) => call === 'publish main')).toHaveLength(2),
  );
  await until(handle, 'complete');
  expect(callsOf(issue).filter((call) => call.startsWith('runTurn'))).toEqual([
    ...['runTurn implement', 'runTurn nudge', 'runTurn guidance', 'runTurn nudge'],
  ]);
  expect(world.notices).not.toContain(`#${issue} is stuck`);
  await handle.cancel();
});

test('merged while its agent works, a session ends, whatever its agent waits for', async () => {
  const issue = newIssue();
  const { world } = environment;
  const turn = Promise.withResolvers<Outcome>();
  world.script(issue, { kind: 'done', summary: 'did it' }, turn.promise);
  const handle = await start(issue);
  await until(handle, 'complete');
  await handle.signal(guidanceSignal, 'one more thing');
  await eventually(() => expect(callsOf(issue)).toContain('runTurn guidance'));
  await handle.signal(reportPullRequestSignal, world.merged(issue));
  const until2100: Outcome = { kind: 'usage-limited', until: '2100-01-01T00:00:00Z' };
  turn.resolve(until2100);
  expect((await handle.result()).status).toBe('merged');
  expect(callsOf(issue).filter((call) => call.startsWith('runTurn'))).toHaveLength(2);
});

test('cancelled or merged while it asks about a failed step, a session asks nothing more and ends', async () => {
  const { world } = environment;
  const merged = newIssue();
  const asked = (issue: number) => world.notices.filter((one) => one === `#${issue} is stuck`);
  const refusal = () => new CoppiceError('PushRejected', 'no push today');
  world.failures.set(`examineChecks #${merged}`, [refusal()]);
  const ends = await start(merged);
  await until(ends, 'complete');
  const checks = checksWith({ notPassed: [aCheck('unit')] });
  await ends.signal(reportPullRequestSignal, world.pullRequest(merged, { checks }));
  await until(ends, 'stuck');
  await eventually(() => expect(asked(merged)).toHaveLength(1));
  await ends.signal(reportPullRequestSignal, world.merged(merged));
  expect((await ends.result()).status).toBe('merged');

  const cancelled = newIssue();
  world.failures.set(`publish #${cancelled}`, [refusal()]);
  const handle = await start(cancelled);
  await until(handle, 'stuck');
  await eventually(() => expect(asked(cancelled)).toHaveLength(1));
  await handle.cancel();
  await expect(handle.result()).rejects.toThrow();
  for (const issue of [merged, cancelled]) expect(asked(issue)).toHaveLength(1);
});

test.each([
  ['session', { session: 0.5 }, { run: 0, day: 0 }, 'this session is spent: $0.50 of $0.50'],
  ['run', { session: 9, run: 7 }, { run: 8, day: 0 }, 'the run is spent: $8.00 of $7.00'],
  ['day', { day: 3 }, { run: 0, day: 3.25 }, 'today is spent: $3.25 of $3.00'],
])(
  'a session that reaches the limit of its %s asks before its next turn',
  async (_, budget, others, said) => {
    const issue = newIssue();
    const { world } = environment;
    const before = world.settings;
    world.settings = SessionSettings.parse({
      ...IMPATIENT,
      policy: { planning: 'always', budget },
    });
    const none = world.spentByOthers;
    world.spentByOthers = { ...none, ...others };
    const handle = await start(issue);
    await until(handle, 'stuck');
    world.settings = before;
    world.spentByOthers = none;
    expect((await handle.query(statusQuery)).stuckReason).toContain(said);
    await handle.signal(guidanceSignal, 'I am thinking about it');
    await eventually(async () =>
      expect((await handle.query(detailQuery)).guidance).toHaveLength(1),
    );
    await handle.signal(guidanceSignal, { budget: 5 });
    await until(handle, 'complete');
    const told = world.turnInputs
      .filter(({ location }) => location.issue === issue)
      .map((turn) => turn.guidance);
    expect(told.filter((words) => words !== '')).toEqual(['I am thinking about it']);
  },
);

test('setup commands run before the first turn', async () => {
  const issue = newIssue();
  const { world } = environment;
  const before = world.settings;
  world.settings = SessionSettings.parse({
    ...IMPATIENT,
    hooks: { setup: ['npm ci', 'npm run build'] },
  });
  const handle = await start(issue);
  await until(handle, 'complete');
  world.settings = before;
  expect(callsOf(issue).slice(1, 4)).toEqual([
    'createWorktree main',
    'setUp npm ci; npm run build',
    'runTurn implement',
  ]);
});

test('where setup has inputs, they are looked at before each turn', async () => {
  const issue = newIssue();
  const { world } = environment;
  const before = world.settings;
  world.settings = SessionSettings.parse({
    ...IMPATIENT,
    hooks: { setup: ['npm ci'], setupInputs: ['package-lock.json'] },
  });
  const handle = await start(issue);
  await until(handle, 'complete');
  world.settings = before;
  expect(callsOf(issue).slice(1, 5)).toEqual([
    'createWorktree main',
    'setUp npm ci',
    'setUp npm ci',
    'runTurn implement',
  ]);
});

test('a turn that met a usage limit is taken again with the same words', async () => {
  const issue = newIssue();
  const { world } = environment;
  world.script(
    issue,
    { kind: 'stuck', decision: 'which?', options: [], context: '' },
    { kind: 'usage-limited', until: '2020-01-01T00:00:00Z' },
  );
  const handle = await start(issue);
  await until(handle, 'stuck');
  await handle.signal(guidanceSignal, 'the first');
  await until(handle, 'complete');
  const inputs = world.turnInputs.filter(({ location }) => location.issue === issue);
  expect(inputs.slice(1)).toMatchObject([
    { kind: 'guidance', guidance: 'the first' },
    { kind: 'guidance', guidance: 'the first' },
  ]);
  await handle.signal(guidanceSignal, 'another');
  await eventually(() =>
    expect(
      world.turnInputs.filter(({ location }) => location.issue === issue).at(-1),
    ).toMatchObject({
      guidance: 'another',
    }),
  );
  await handle.cancel();
});

test('with the policy to ask, a session that waited out a usage limit goes on when a person says so', async () => {
  const issue = newIssue();
  const { world } = environment;
  const { settings } = world;
  world.settings = SessionSettings.parse({
    ...IMPATIENT,
    policy: { planning: 'never', resume: 'ask' },
  });
  world.script(issue, { kind: 'usage-limited', until: '2020-01-01T00:00:00Z' });
  const handle = await start(issue);
  await until(handle, 'stuck');
  world.settings = settings;
  expect((await handle.query(detailQuery)).stuck).toMatchObject({
    decision: 'The usage limit is over. Continue?',
  });
  expect(callsOf(issue).filter((call) => call === 'runTurn implement')).toHaveLength(1);
  await handle.signal(guidanceSignal, 'go on');
  await until(handle, 'complete');
  expect(callsOf(issue).filter((call) => call === 'runTurn implement')).toHaveLength(2);
  await handle.cancel();
});

test('the budget is looked at again when a usage limit is over', async () => {
  const issue = newIssue();
  const { world } = environment;
  const { settings, spentByOthers } = world;
  world.settings = SessionSettings.parse({
    ...IMPATIENT,
    policy: { planning: 'never', budget: { day: 10 } },
  });
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  world.script(issue, promise);
  const handle = await start(issue);
  await eventually(() => expect(callsOf(issue)).toContain('runTurn implement'));
  // Others spend the day's money while it waits.
  world.spentByOthers = { ...spentByOthers, day: 12 };
  resolve({ kind: 'usage-limited', until: '2020-01-01T00:00:00Z' });
  await until(handle, 'stuck');
  world.settings = settings;
  world.spentByOthers = spentByOthers;
  expect((await handle.query(detailQuery)).stuck?.decision).toMatch(
    /^The budget of today is spent: .* Raise it\?$/,
  );
  expect(callsOf(issue).filter((call) => call === 'runTurn implement')).toHaveLength(1);
  await handle.signal(guidanceSignal, { budget: 5 });
  await until(handle, 'complete');
  await handle.cancel();
});

test('sessions that wait for one usage limit go on one after the other, and count no turn', async () => {
  const { world } = environment;
  const until_ = new Date(Date.now() + 3_600_000).toISOString();
  const account = 'claude (its own login)';
  const limit: Outcome = { kind: 'usage-limited', until: until_, account };
  const waits = await Promise.all(
    [1, 2, 3].map(async () => {
      const issue = newIssue();
      world.script(issue, { outcome: limit, attempts: 0 });
      const handle = await start(issue);
      await eventually(async () =>
        expect(await handle.query(statusQuery)).toMatchObject({
          ...{ waitingUntil: until_, activity: `usage limit of ${account}`, turns: 0 },
        }),
      );
      expect((await handle.query(detailQuery)).turns).toEqual([]);
      const timer = await timerOf(handle);
      await handle.cancel();
      return timer;
    }),
  );
  // Apart by more than what the server takes to note them.
  expect(Math.max(...waits) - Math.min(...waits)).toBeGreaterThan(200);
  for (const moment of waits) {
    expect(moment).toBeGreaterThanOrEqual(Date.parse(until_));
    expect(moment).toBeLessThan(Date.parse(until_) + 65_000);
  }
});

/** When the timer that a session waits for fires, in milliseconds since 1970. */
const timerOf = (handle: SessionHandle): Promise<number> =>
  eventually(async () => {
    const { events } = await handle.fetchHistory();
    const started = events?.findLast((event) => event.timerStartedEventAttributes);
    const { seconds, nanos } = started?.timerStartedEventAttributes?.startToFireTimeout ?? {};
    expect(seconds).toBeDefined();
    const timeout = Number(seconds) * 1_000 + (nanos ?? 0) / 1e6;
    const { seconds: second, nanos: rest } = started?.eventTime ?? {};
    return Number(second) * 1_000 + (rest ?? 0) / 1e6 + timeout;
  });

test('a refused tool is asked for, and allowed for this session from then on', async () => {
  const issue = newIssue();
  const { world } = environment;
  const refused = { kind: 'invalid', problem: 'no outcome', tail: '' } as const;
  world.script(issue, { outcome: refused, denials: ['Bash(npm test)'] });
  const handle = await start(issue);
  await until(handle, 'stuck');
  expect((await handle.query(detailQuery)).stuck).toMatchObject({
    decision: 'May the agent use Bash(npm test)?',
  });
  await handle.signal(guidanceSignal, { allow: ['Bash(npm test:*)'] });
  await until(handle, 'complete');
  const inputs = world.turnInputs.filter(({ location }) => location.issue === issue);
  expect(inputs.map(({ agent }) => agent.allow.includes('Bash(npm test:*)'))).toEqual([
    false,
    true,
  ]);
  expect(inputs[1]?.guidance).toContain('Bash(npm test:*)');
  await handle.cancel();
});

test('a plan by one agent is carried out by another, in a conversation of its own', async () => {
  const issue = newIssue();
  const { world } = environment;
  const settings = world.settings;
  world.settings = SessionSettings.parse({
    ...IMPATIENT,
    policy: { planning: 'always' },
    agent: { model: 'opus', plan: { adapter: 'codex', prompt: 'Be brief.' } },
  });
  const handle = await start(issue);
  await until(handle, 'complete');
  world.settings = settings;
  const [plan, implement] = world.turnInputs.filter(({ location }) => location.issue === issue);
  expect(plan).toMatchObject({ kind: 'plan', agent: { adapter: 'codex', prompt: 'Be brief.' } });
  expect(plan?.agent).not.toHaveProperty('model');
  expect(implement).toMatchObject({
    kind: 'implement',
    resume: false,
    agent: { adapter: 'claude', model: 'opus' },
  });
  expect(implement?.conversation).not.toBe(plan?.conversation);
  await handle.cancel();
});

test('whatever fails for good makes a session ask, and is done again after guidance', async () => {
  const issue = newIssue();
  const { world } = environment;
  world.settings = SessionSettings.parse({
    ...IMPATIENT,
    policy: { ...IMPATIENT.policy, budget: { session: 100 } },
  });
  const full = new CoppiceError('DiskFull', 'no space left on the disk of /state: free some');
  // One step asks by itself, the other has nothing around it that does.
  world.failures.set(`publish #${issue}`, [full]);
  world.failures.set(`spentByOthers #${issue}`, [full]);
  const handle = await start(issue);
  for (const step of ['spentByOthers', 'publish']) {
    await eventually(() => expect(world.failures.get(`${step} #${issue}`)).toEqual([]));
    await until(handle, 'stuck');
    expect((await handle.query(statusQuery)).stuckReason).toContain('no space left');
    await handle.signal(guidanceSignal, 'There is some now');
  }
  await until(handle, 'complete');
  world.settings = SessionSettings.parse(IMPATIENT);
  await handle.signal(reportPullRequestSignal, world.merged(issue));
  expect((await handle.result()).turns).toBe(1);
});

test('a session ends merged though its worktree can’t be removed, or nobody can be notified', async () => {
  const issue = newIssue();
  const { world } = environment;
  const broken = new CoppiceError('InvalidConfig', 'coppice.yaml: not valid');
  world.failures.set(`notify #${issue}`, [broken]);
  world.failures.set(`removeWorktree #${issue}`, [new CoppiceError('GitFailed', 'git is broken')]);
  const handle = await start(issue);
  await until(handle, 'complete');
  await handle.signal(reportPullRequestSignal, world.merged(issue));
  expect((await handle.result()).status).toBe('merged');
  expect(world.records.get(issue)?.at(-1)?.record.activity).toBe(
    'merged; worktree kept: git is broken',
  );
});
