import { expect, onTestFinished, test } from 'vitest';
import { SessionDetail } from '../../../../src/domain/session/session.ts';
import { SessionSettings } from '../../../../src/domain/settings/session-settings.ts';
import { CoppiceError, type FailureType } from '../../../../src/domain/shared/failure.ts';
import {
  detailQuery,
  guidanceSignal,
  reportDependencySignal,
  reportPullRequestSignal,
  statusQuery,
} from '../../../../src/workflows/messages.ts';
import { eventually } from '../../../support/eventually.ts';
import { IMPATIENT } from '../../../support/fake-world.ts';
import {
  environmentOfTests,
  type SessionHandle,
  startSession,
  until,
} from '../../../support/workflow-session.ts';

const environment = await environmentOfTests();

let last = 300;

const parent = {
  issue: 90,
  branch: 'issue-90',
  pullRequestUrl: 'https://github.test/acme/app/pull/1090',
};

const failure = (type: FailureType) => new CoppiceError(type, `${type} of README.md`);

const questionsOf = (issue: number) =>
  environment.world.notices.filter((notice) => notice === `#${issue} is stuck`);

const untilItWaits = (handle: SessionHandle): Promise<void> =>
  eventually(async () =>
    expect((await handle.query(statusQuery)).activity).toContain('waits for a notice about #90'),
  );

/** A session with a pull request on top of #90's branch. */
async function stacked() {
  const issue = ++last;
  const handle = await startSession(environment, issue, { parent });
  await until(handle, 'complete');
  const fail = (
    step: string,
    ...types: ('RebaseConflict' | 'NotResolved' | 'MissingBaseBranch')[]
  ) =>
    environment.world.failures.set(
      `${step} #${issue}`,
      types.map(
        (type) =>
          new CoppiceError(
            type,
            `${type} of README.md`,
            `Files in conflict: README.md\n${'| line\n'.repeat(900)}`,
          ),
      ),
    );
  const calls = () =>
    environment.world.calls
      .filter((call) => call.includes(` #${issue}`))
      .map((call) => call.replace(` #${issue}`, ''))
      .slice(5);
  const finish = async () => {
    await until(handle, 'complete');
    await handle.signal(reportPullRequestSignal, environment.world.merged(issue));
    expect((await handle.result()).status).toBe('merged');
  };
  return { issue, handle, fail, calls, finish };
}

test('a conflict makes the session stuck; with words the agent resolves it, and the result is checked', async () => {
  const { issue, handle, fail, calls, finish } = await stacked();
  fail('restack', 'RebaseConflict');
  await handle.signal(reportDependencySignal, { issue: 90, event: 'merged' });
  await until(handle, 'stuck');
  const { stuck } = SessionDetail.parse(await handle.query(detailQuery));
  expect(stuck?.context).toContain('README.md');
  expect(stuck?.options.map(({ effect }) => effect)).toEqual(['attempt', 'resolved', 'cancel']);
  await handle.signal(guidanceSignal, 'keep the new signature');
  await eventually(() => expect(calls()).toContain('retarget main'));
  expect(calls()).toEqual(['runTurn resolve', 'takeUp issue-90→main', 'retarget main']);
  const turn = environment.world.turnInputs.find(
    ({ location, kind }) => location.issue === issue && kind === 'resolve',
  );
  expect(turn?.context).toContain('Files in conflict: README.md');
  expect(turn?.context).toContain('keep the new signature');
  await finish();
});

test('a conflict resolved by hand needs no turn, and is asked about again when it is not resolved', async () => {
  const { handle, fail, calls, finish } = await stacked();
  fail('restack', 'RebaseConflict');
  fail('takeUp', 'NotResolved');
  await handle.signal(reportDependencySignal, { issue: 90, event: 'merged' });
  await until(handle, 'stuck');
  await handle.signal(guidanceSignal, { action: 'resolved' });
  await eventually(async () =>
    expect((await handle.query(statusQuery)).stuckReason).toContain('NotResolved'),
  );
  await handle.signal(guidanceSignal, { action: 'resolved' });
  await eventually(() => expect(calls()).toContain('retarget main'));
  expect(calls()).toEqual(['takeUp issue-90→main', 'retarget main']);
  await finish();
});

test('with the policy `conflicts: attempt` the agent tries once before anybody is asked', async () => {
  const { world } = environment;
  const before = world.settings;
  world.settings = SessionSettings.parse({
    ...IMPATIENT,
    policy: { ...IMPATIENT.policy, conflicts: 'attempt' },
  });
  const { issue, handle, fail, calls, finish } = await stacked();
  world.settings = before;
  world.script(issue, { kind: 'failed', reason: 'no idea', tail: '' });
  fail('restack', 'RebaseConflict');
  fail('takeUp', 'NotResolved');
  await handle.signal(reportDependencySignal, { issue: 90, event: 'moved' });
  await until(handle, 'stuck');
  expect(calls()).toEqual(['runTurn resolve']);
  // Both are told: that it is not resolved, and what the agent said of it.
  const { stuck } = SessionDetail.parse(await handle.query(detailQuery));
  expect(stuck).toMatchObject({
    decision: 'NotResolved of README.md',
    context: expect.stringMatching(
      /^The agent’s turn to resolve it ended failed: no idea\n\nFiles/,
    ),
  });
  await handle.signal(guidanceSignal, { action: 'resolved' });
  await until(handle, 'complete');
  expect(calls()).toEqual(['runTurn resolve', 'takeUp issue-90→issue-90']);
  await handle.signal(reportDependencySignal, { issue: 90, event: 'merged' });
  await eventually(() => expect(calls()).toContain('retarget main'));
  await finish();
});

test('a branch that went with its merge is no question: the news of the merge settles it', async () => {
  const { issue, handle, fail, calls, finish } = await stacked();
  fail('restack', 'MissingBaseBranch');
  await handle.signal(reportDependencySignal, { issue: 90, event: 'moved' });
  await untilItWaits(handle);
  await handle.signal(reportDependencySignal, { issue: 90, event: 'merged' });
  await eventually(() => expect(calls()).toContain('retarget main'));
  expect(calls()).toEqual(['restack issue-90→main', 'retarget main']);
  expect(questionsOf(issue)).toEqual([]);
  await finish();
});

test('a branch that went with a merge nobody tells of: the pull request below does', async () => {
  const { issue, handle, fail, calls, finish } = await stacked();
  const { ended } = environment.world;
  ended.set(90, environment.world.merged(90));
  onTestFinished(() => void ended.delete(90));
  fail('restack', 'MissingBaseBranch');
  await handle.signal(reportDependencySignal, { issue: 90, event: 'moved' });
  await eventually(() => expect(calls()).toContain('retarget main'));
  expect(calls()).toEqual(['restack issue-90→main', 'retarget main']);
  expect(questionsOf(issue)).toEqual([]);
  await finish();
});

test('merged by a person before its move is tried again, it ends merged, without a question or a turn', async () => {
  const { issue, handle, fail, calls } = await stacked();
  const { world } = environment;
  fail('restack', 'RebaseConflict');
  world.ended.set(issue, world.merged(issue));
  await handle.signal(reportDependencySignal, { issue: 90, event: 'moved' });
  expect((await handle.result()).status).toBe('merged');
  expect(calls()).toEqual(['removeWorktree']);
  expect(questionsOf(issue)).toEqual([]);
});

test('with the policy `conflicts: attempt` no turn is spent on a session that a person has merged', async () => {
  const { world } = environment;
  const before = world.settings;
  world.settings = SessionSettings.parse({
    ...IMPATIENT,
    policy: { ...IMPATIENT.policy, conflicts: 'attempt' },
  });
  const { issue, handle, fail, calls } = await stacked();
  world.settings = before;
  fail('restack', 'RebaseConflict');
  world.ended.set(issue, world.merged(issue));
  await handle.signal(reportDependencySignal, { issue: 90, event: 'moved' });
  expect((await handle.result()).status).toBe('merged');
  expect(calls()).not.toContain('runTurn resolve');
});

test('merged into the branch below while it moves along with it, it waits for that one, and asks nothing', async () => {
  const { issue, handle, fail } = await stacked();
  const { world } = environment;
  fail('restack', 'RebaseConflict');
  world.ended.set(issue, world.merged(issue, 'issue-90'));
  await handle.signal(reportDependencySignal, { issue: 90, event: 'moved' });
  await eventually(async () =>
    expect((await handle.query(statusQuery)).activity).toContain('waits for #90'),
  );
  await handle.signal(reportDependencySignal, { issue: 90, event: 'merged' });
  expect((await handle.result()).status).toBe('merged');
  expect(questionsOf(issue)).toEqual([]);
});

/** A session whose worktree can't be made at first, since the branch below is gone. */
async function withoutWorktree(step: string, ...types: FailureType[]) {
  const issue = ++last;
  environment.world.failures.set(`${step} #${issue}`, types.map(failure));
  const handle = await startSession(environment, issue, { parent });
  const begun = () =>
    environment.world.calls.filter((call) => call.startsWith(`createWorktree #${issue} `));
  return { issue, handle, begun };
}

test.for([true, false])(
  'a dependency merged before its dependent has a worktree (news of it: %s) is no question: it starts from the base branch',
  async (told) => {
    const { world } = environment;
    if (!told) world.ended.set(90, world.merged(90));
    onTestFinished(() => void world.ended.delete(90));
    const { issue, handle, begun } = await withoutWorktree('createWorktree', 'MissingBaseBranch');
    if (told) {
      await untilItWaits(handle);
      await handle.signal(reportDependencySignal, { issue: 90, event: 'merged' });
    }
    await until(handle, 'complete');
    expect(begun()).toEqual([`createWorktree #${issue} main`]);
    expect(world.published.find(({ location }) => location.issue === issue)?.base.branch).toBe(
      'main',
    );
    expect(questionsOf(issue)).toEqual([]);
    await handle.signal(reportPullRequestSignal, world.merged(issue));
    await handle.result();
  },
);

test('what is heard while a session asks about a cancelled dependency is heard about the one it stands on too', async () => {
  const issue = ++last;
  const handle = await startSession(environment, issue, { parent, cancelled: [89] });
  await until(handle, 'stuck');
  await handle.signal(reportDependencySignal, { issue: 90, event: 'merged' });
  await handle.signal(guidanceSignal, 'start');
  await until(handle, 'complete');
  expect(environment.world.calls).toContain(`createWorktree #${issue} main`);
  await handle.signal(reportPullRequestSignal, environment.world.merged(issue));
  await handle.result();
});

test('a base branch that goes while the pull request is opened is no question', async () => {
  const { issue, handle, begun } = await withoutWorktree('publish', 'MissingBaseBranch');
  await untilItWaits(handle);
  await handle.signal(reportDependencySignal, { issue: 90, event: 'merged' });
  await until(handle, 'complete');
  expect(begun()).toHaveLength(1);
  expect(questionsOf(issue)).toEqual([]);
  await handle.signal(reportPullRequestSignal, environment.world.merged(issue));
  await handle.result();
});

test('a pull request that GitHub closed with its base branch is replaced by another one', async () => {
  const { issue, handle } = await stacked();
  const { world } = environment;
  world.lostBase.add(issue);
  const old = world.pullRequest(issue, { state: 'closed', base: 'issue-90' });
  world.opens.set(issue, 2_000 + issue);
  await handle.signal(reportDependencySignal, { issue: 90, event: 'merged' });
  await handle.signal(reportPullRequestSignal, old);
  await eventually(() =>
    expect(world.published.filter(({ location }) => location.issue === issue)).toHaveLength(2),
  );
  // What is still told of the old one is nothing any more.
  await handle.signal(reportPullRequestSignal, { ...old, draft: false });
  await until(handle, 'complete');
  const { base, parts } =
    world.published.findLast(({ location }) => location.issue === issue) ?? {};
  expect(base?.branch).toBe('main');
  expect(parts?.replaces).toBe(1_000 + issue);
  expect(questionsOf(issue)).toEqual([]);
  await handle.signal(reportPullRequestSignal, { ...world.merged(issue), number: 2_000 + issue });
  expect((await handle.result()).status).toBe('merged');
});

test('closed right after the merge of the one below, by whom nobody can tell, it asks', async () => {
  const { issue, handle } = await stacked();
  const { world } = environment;
  world.ended.set(90, world.merged(90));
  onTestFinished(() => void world.ended.delete(90));
  world.opens.set(issue, 2_000 + issue);
  await handle.signal(
    reportPullRequestSignal,
    world.pullRequest(issue, { state: 'closed', base: 'issue-90' }),
  );
  await until(handle, 'stuck');
  expect((await handle.query(statusQuery)).stuckReason).toContain('Continue with another one?');
  await handle.signal(reportDependencySignal, { issue: 90, event: 'merged' });
  await handle.signal(guidanceSignal, 'go on');
  await until(handle, 'complete');
  await handle.signal(reportPullRequestSignal, { ...world.merged(issue), number: 2_000 + issue });
  expect((await handle.result()).status).toBe('merged');
});

test('closed by a person it ends, whatever it stands on', async () => {
  const { issue, handle } = await stacked();
  const closed = { state: 'closed', base: 'issue-90' } as const;
  await handle.signal(reportPullRequestSignal, environment.world.pullRequest(issue, closed));
  expect((await handle.result()).status).toBe('cancelled');
});

test('a session below that was terminated, and whose pull request is merged, is no question', async () => {
  const { issue, handle, calls, finish } = await stacked();
  const { world } = environment;
  world.ended.set(90, world.merged(90));
  onTestFinished(() => void world.ended.delete(90));
  await handle.signal(reportDependencySignal, { issue: 90, event: 'cancelled' });
  await eventually(() => expect(calls()).toContain('retarget main'));
  expect(questionsOf(issue)).toEqual([]);
  await finish();
});

test('a branch to start on that nobody has ever pushed is asked about', async () => {
  const issue = ++last;
  environment.world.failures.set(`createWorktree #${issue}`, [failure('MissingBaseBranch')]);
  const handle = await startSession(environment, issue, {
    parent: { ...parent, pullRequestUrl: '' },
  });
  await until(handle, 'stuck');
  expect((await handle.query(statusQuery)).stuckReason).toContain('MissingBaseBranch');
  await handle.cancel();
  await expect(handle.result()).rejects.toThrow();
});

test('a pull request that conflicts with its base is moved onto it, once', async () => {
  const { issue, handle, calls, finish } = await stacked();
  const { world } = environment;
  const conflicting = world.pullRequest(issue, { base: 'issue-90', mergeable: 'conflicting' });
  await handle.signal(reportPullRequestSignal, conflicting);
  await eventually(() => expect(calls()).toContain('restack issue-90→issue-90'));
  await until(handle, 'complete');
  await handle.signal(reportPullRequestSignal, { ...conflicting, draft: true });
  await eventually(async () =>
    expect((await handle.query(statusQuery)).activity).toContain('made it a draft'),
  );
  await handle.signal(reportPullRequestSignal, {
    ...conflicting,
    ...{ headSha: 'moved', mergeable: 'yes', baseSha: 'further on' },
  });
  await handle.signal(reportDependencySignal, { issue: 90, event: 'merged' });
  await eventually(() => expect(calls()).toContain('retarget main'));
  expect(calls().filter((call) => call.startsWith('restack'))).toEqual([
    'restack issue-90→issue-90',
    'restack issue-90→main',
  ]);
  await finish();
});
