import { WorkflowFailedError, WorkflowUpdateFailedError } from '@temporalio/client';
import { expect, test } from 'vitest';
import type { FeedbackItem } from '../../../src/domain/pull-request/feedback.ts';
import type { GuidanceInput } from '../../../src/domain/session/guidance.ts';
import { withDefaults } from '../../../src/domain/session/options.ts';
import type { SessionInput } from '../../../src/domain/session/session.ts';
import type { Outcome } from '../../../src/domain/session/turn.ts';
import { SessionSettings } from '../../../src/domain/settings/session-settings.ts';
import { CoppiceError } from '../../../src/domain/shared/failure.ts';
import {
  runWorkflowId,
  SHARED_TASK_QUEUE,
  sessionWorkflowId,
} from '../../../src/domain/shared/identity.ts';
import type { RepositoryName } from '../../../src/domain/shared/repository.ts';
import {
  detailQuery,
  guidanceSignal,
  guideUpdate,
  reportFeedbackSignal,
  reportPullRequestSignal,
  statusQuery,
} from '../../../src/workflows/messages.ts';
import { eventually } from '../../support/eventually.ts';
import { IMPATIENT } from '../../support/fake-world.ts';
import { PLACELESS } from '../../support/feedback.ts';
import {
  environmentOfTests,
  REPOSITORY,
  type SessionHandle,
  startSession,
  until,
} from '../../support/workflow-session.ts';

const environment = await environmentOfTests();
const { client, world } = environment;

let last = 2_000;
const asks: Outcome = { kind: 'stuck', decision: 'which?', options: [], context: '' };

const turnsOf = (issue: number) =>
  world.turnInputs.filter(({ location }) => location.issue === issue);

/** @returns the reason when it was refused */
async function guide(handle: SessionHandle, input: unknown): Promise<string | undefined> {
  try {
    await handle.executeUpdate(guideUpdate, { args: [input as GuidanceInput] });
    return undefined;
  } catch (error) {
    if (!(error instanceof WorkflowUpdateFailedError)) throw error;
    return error.cause?.message;
  }
}

const WRONG = [
  { action: 'approve' },
  { action: 'resolved' },
  '',
  { txt: 'yes' },
  42,
  'x'.repeat(65_000),
];

test('a question of the agent is answered by words alone: whatever else is refused at once, or shown', async () => {
  const issue = ++last;
  world.script(issue, asks);
  const handle = await startSession(environment, issue);
  await until(handle, 'stuck');
  for (const wrong of WRONG)
    expect(await guide(handle, wrong)).toMatch(/^did not accept the guidance: /);
  // What is refused leaves no trace in the history.
  const { events } = await handle.fetchHistory();
  expect(events?.filter((event) => event.workflowExecutionUpdateAcceptedEventAttributes)).toEqual(
    [],
  );

  for (const wrong of [...WRONG, { action: 'aprove' }])
    await handle.signal(guidanceSignal, wrong as GuidanceInput);
  await handle.signal('guidence', 'use a map');
  // Of a name that the SDK keeps for itself.
  await handle.signal('__temporal_guidance', 'use a map');
  await eventually(async () =>
    expect((await handle.query(detailQuery)).refused).toHaveLength(WRONG.length + 3),
  );
  const { refused, guidance, record } = await handle.query(detailQuery);
  expect(refused.map(({ reason }) => reason)).toEqual([
    `no plan waits for an approval; it asks a question: coppice guide ${issue} "…"`,
    `no conflict waits to be resolved; it asks a question: coppice guide ${issue} "…"`,
    'it is empty: say what to do',
    expect.stringContaining('it has no txt'),
    expect.stringContaining('this is not guidance'),
    expect.stringContaining('more than 64000 characters'),
    expect.stringContaining('there is no action aprove'),
    expect.stringContaining('no signal of that name'),
    expect.stringContaining('no signal of that name'),
  ]);
  expect(Date.parse(refused[0]?.at ?? '')).toBeGreaterThan(Date.now() - 60_000);
  expect([guidance, record.status]).toEqual([[], 'stuck']);
  expect(turnsOf(issue)).toHaveLength(1);

  expect(await guide(handle, 'the first')).toBeUndefined();
  await until(handle, 'complete');
  expect(turnsOf(issue).map(({ guidance }) => guidance)).toEqual(['', 'the first']);
  // Nothing is asked: words go to the next turn, an approval to nothing.
  expect(await guide(handle, { action: 'approve' })).toMatch(/no plan waits for an approval$/);
  await handle.signal(reportPullRequestSignal, world.merged(issue));
  await handle.result();
});

test('an approval that comes before there is a plan approves none', async () => {
  const issue = ++last;
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  world.script(issue, promise);
  const handle = await startSession(environment, issue, { caution: 'touches payments' });
  await until(handle, 'planning');
  expect(await guide(handle, { action: 'approve' })).toMatch(/no plan waits for an approval/);
  await handle.signal(guidanceSignal, { action: 'approve' });
  resolve({ kind: 'done', summary: 'the plan' });
  await until(handle, 'stuck');
  await eventually(() =>
    expect(world.notified).toContainEqual(expect.objectContaining({ issue, kind: 'approval' })),
  );
  expect(await guide(handle, { action: 'resolved' })).toMatch(
    /asks you to approve its plan: coppice guide \d+ --approve/,
  );
  expect(await guide(handle, { action: 'approve', text: 'mind the clock' })).toBeUndefined();
  await until(handle, 'complete');
  expect(turnsOf(issue).map(({ kind, guidance }) => [kind, guidance])).toEqual([
    ['plan', ''],
    ['implement', 'mind the clock'],
  ]);
  await handle.cancel();
});

test('a step that failed is tried again for words or a retry, not for an approval', async () => {
  const issue = ++last;
  world.failures.set(`publish #${issue}`, [
    new CoppiceError('PushRejected', 'no push today'),
    new CoppiceError('PushRejected', 'not now'),
  ]);
  const handle = await startSession(environment, issue);
  await until(handle, 'stuck');
  expect(await guide(handle, { action: 'resolved' })).toMatch(/no conflict waits/);
  expect(await guide(handle, { budget: 5 })).toBeUndefined();
  expect(await guide(handle, 'mended')).toBeUndefined();
  await eventually(async () =>
    expect((await handle.query(detailQuery)).stuck?.decision).toBe('not now'),
  );
  expect(await guide(handle, { action: 'approve' })).toMatch(/coppice guide \d+ --retry/);
  expect(await guide(handle, { option: 1 })).toBeUndefined();
  await until(handle, 'complete');
  await handle.cancel();
});

test('an option that a person chooses is the answer, and a second one is told so', async () => {
  const issue = ++last;
  const options = withDefaults(['a map', { label: 'a list', recommended: true }]);
  world.script(issue, { ...asks, options });
  const handle = await startSession(environment, issue);
  await until(handle, 'stuck');
  await eventually(() =>
    expect(world.notified).toContainEqual({ issue, kind: 'stuck', decision: 'which?' }),
  );
  expect(await guide(handle, { option: 3 })).toMatch(/there is no option 3/);
  const both = await Promise.all([guide(handle, { option: 2 }), guide(handle, { option: 1 })]);
  expect(both.filter((refusal) => refusal === undefined)).toHaveLength(1);
  expect(both.find((refusal) => refusal !== undefined)).toMatch(
    /it asks nothing any more: its question was answered with “Option [12]: a (map|list)”/,
  );
  await until(handle, 'complete');
  await eventually(() =>
    expect(world.notified).toContainEqual(
      expect.objectContaining({ issue, kind: 'ready', url: expect.stringContaining('http') }),
    ),
  );
  expect(turnsOf(issue)).toHaveLength(2);
  expect(turnsOf(issue)[1]?.guidance).toMatch(/^Option [12]: a (map|list)$/);
  await handle.cancel();
});

const comment = (id: string, text: string): FeedbackItem => ({
  ...{ id, node: id, kind: 'comment', onIssue: false, author: 'ann', bot: false, mayWrite: true },
  ...{ text, url: `https://x.test/${id}`, at: '2100-01-01T00:00:00Z' },
  ...PLACELESS,
});

test('a comment that commands what nobody asked for is shown, and answered as not taken', async () => {
  const issue = ++last;
  world.script(issue, asks);
  const handle = await startSession(environment, issue);
  await until(handle, 'stuck');
  await handle.signal(reportFeedbackSignal, [comment(`no-${issue}`, '/coppice approve')]);
  await eventually(() => expect(world.reactions).toContain(`no-${issue} refused`));
  expect((await handle.query(detailQuery)).refused).toMatchObject([
    { reason: expect.stringContaining('no plan waits for an approval') },
  ]);
  expect(turnsOf(issue)).toHaveLength(1);
  await handle.signal(reportFeedbackSignal, [comment(`yes-${issue}`, '/coppice guide the first')]);
  await eventually(() => expect(world.reactions).toContain(`yes-${issue}`));
  await until(handle, 'complete');
  await handle.cancel();
});

test('what was told before the merge and not given to the agent is shown as not taken', async () => {
  const issue = ++last;
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const handle = await startSession(environment, issue, {
    parent: { issue: 91, branch: 'issue-91', pullRequestUrl: 'https://github.test/pull/91' },
  });
  await until(handle, 'complete');
  world.script(issue, promise);
  await handle.signal(guidanceSignal, 'start');
  await eventually(() => expect(world.calls).toContain(`runTurn #${issue} guidance`));
  await handle.signal(guidanceSignal, 'one more thing');
  await handle.signal(reportPullRequestSignal, world.merged(issue, 'issue-91'));
  resolve({ kind: 'done', summary: 'did it' });
  await eventually(async () =>
    expect((await handle.query(detailQuery)).refused).toMatchObject([
      { what: 'one more thing', reason: expect.stringContaining('merged') },
    ]),
  );
  expect(await guide(handle, 'and another')).toMatch(/nothing left to guide/);
  await handle.cancel();
});

test('the budget of a day is looked at again when the next day begins', async () => {
  const issue = ++last;
  const others = world.spentByOthers;
  world.settings = SessionSettings.parse({
    ...IMPATIENT,
    policy: { ...IMPATIENT.policy, budget: { day: 3 } },
  });
  const nextMidnight = new Date(Date.now() + 3_000);
  world.spentByOthers = { ...others, day: 4, nextMidnight: nextMidnight.toISOString() };
  const handle = await startSession(environment, issue);
  await until(handle, 'stuck');
  expect(await handle.query(statusQuery)).toMatchObject({
    asksFor: 'budget',
    stuckReason: 'The budget of today is spent: $4.00 of $3.00. Raise it?',
  });
  world.spentByOthers = others;
  await until(handle, 'complete');
  expect(Date.now()).toBeGreaterThanOrEqual(nextMidnight.getTime());
  world.settings = SessionSettings.parse(IMPATIENT);
  await handle.cancel();
});

test('after a check failed before the push, reviewers hear what the agent said of their points', async () => {
  const issue = ++last;
  const handle = await startSession(environment, issue);
  await until(handle, 'complete');
  world.outgoing.set(issue, ['`npm test` failed']);
  world.script(
    issue,
    { kind: 'done', summary: 'renamed it all', replies: [{ to: 'one', text: 'renamed' }] },
    { kind: 'done', summary: 'the tests pass again' },
  );
  await handle.signal(reportFeedbackSignal, [
    comment('one', 'rename it'),
    comment('two', 'and that'),
  ]);
  await eventually(() =>
    expect(world.calls.filter((call) => call.startsWith(`reply #${issue}`))).toEqual([
      `reply #${issue} one renamed null`,
      `reply #${issue} two renamed it all null`,
    ]),
  );
  // What a turn after that says is not about these points.
  await until(handle, 'complete');
  world.script(issue, { kind: 'done', summary: 'and a third' });
  await handle.signal(reportFeedbackSignal, [comment('three', 'and more')]);
  await eventually(() => expect(world.calls).toContain(`reply #${issue} three and a third null`));
  await handle.cancel();
});

const refusalOf = async (result: Promise<unknown>): Promise<string | undefined> => {
  const failure = await result.catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(WorkflowFailedError);
  return (failure as WorkflowFailedError).cause?.message;
};

test('a workflow under another id than its own is refused, with the right one, before anything exists', async () => {
  const issue = ++last;
  world.script(issue, asks);
  const real = await startSession(environment, issue);
  await until(real, 'stuck');
  const before = world.calls.length;
  const right = sessionWorkflowId(REPOSITORY, issue);
  for (const workflowId of ['mine', `coppice/Acme/App/issues/${issue}`, `${right}/`]) {
    const input: SessionInput = { repository: 'Acme/App' as RepositoryName, issue };
    const started = { args: [input], workflowId, taskQueue: SHARED_TASK_QUEUE };
    const handle = await client.workflow.start('issueWorkflow', started);
    expect(await refusalOf(handle.result())).toBe(
      `this issueWorkflow has the workflow id ${workflowId}: start it as ${right}`,
    );
  }
  const input = {
    repository: 'ACME/app' as RepositoryName,
    name: 'tokens',
    concurrency: 1,
    issues: [],
  };
  const args = [{ ...input, issues: [{ issue }] }];
  for (const workflowId of ['tokens', 'coppice/ACME/app/runs/tokens']) {
    const started = { args, workflowId, taskQueue: SHARED_TASK_QUEUE };
    const handle = await client.workflow.start('runWorkflow', started);
    expect(await refusalOf(handle.result())).toContain(
      `start it as ${runWorkflowId(REPOSITORY, 'tokens')}`,
    );
  }
  expect(world.calls.slice(before)).toEqual([]);
  expect(await guide(real, 'the first')).toBeUndefined();
  await until(real, 'complete');
  await real.cancel();
});

test('a workflow that is started with a state of a stranger’s is refused, before anything exists', async () => {
  const issue = ++last;
  for (const [type, workflowId, input] of [
    ['issueWorkflow', sessionWorkflowId(REPOSITORY, issue), { repository: REPOSITORY, issue }],
    [
      'runWorkflow',
      runWorkflowId(REPOSITORY, 'strange'),
      { repository: REPOSITORY, name: 'strange', issues: [{ issue }] },
    ],
  ] as const)
    for (const state of [{}, null, 'x', { phase: 'review', sessions: [] }]) {
      const started = { args: [input, state], workflowId, taskQueue: SHARED_TASK_QUEUE };
      const handle = await client.workflow.start(type, started);
      expect(await refusalOf(handle.result())).toBe(
        `this ${type} was started with a state: start it with its input alone`,
      );
    }
  expect(world.calls.filter((call) => call.includes(`#${issue}`))).toEqual([]);
});

test('a session whose host is gone can be cancelled, in a turn too, and says what is left there', async () => {
  const [resting, working] = [++last, ++last];
  world.script(resting, asks);
  world.script(working, { underWay: true, begun: true, responded: true });
  const handles = await Promise.all(
    [resting, working].map((one) => startSession(environment, one)),
  );
  await until(handles[0] as SessionHandle, 'stuck');
  await eventually(() => expect(world.calls).toContain(`runTurn #${working} implement`));
  for (const issue of [resting, working]) world.silent.add(issue);
  for (const handle of handles) await handle.cancel();
  for (const handle of handles) {
    await expect(handle.result()).rejects.toThrow();
    const { activity, status } = await handle.query(statusQuery);
    expect(status).toBe('cancelled');
    expect(activity).toMatch(/^cancelled by a person; its host \S+ does not answer/);
    const { outcome, endedAt } = (await handle.query(detailQuery)).turns.at(-1) ?? {};
    expect([outcome === 'cancelled' || outcome === 'stuck', endedAt]).toEqual([
      true,
      expect.any(String),
    ]);
  }
  for (const issue of [resting, working]) world.silent.delete(issue);
}, 120_000);
