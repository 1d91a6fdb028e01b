import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FeedbackItem, IssueSnapshot } from '../../../src/domain/pull-request/feedback.ts';
import type { SessionInput } from '../../../src/domain/session/session.ts';
import type { Outcome } from '../../../src/domain/session/turn.ts';
import { SessionSettings } from '../../../src/domain/settings/session-settings.ts';
import { CoppiceError } from '../../../src/domain/shared/failure.ts';
import {
  detailQuery,
  guideUpdate,
  pauseSignal,
  reportDependencySignal,
  reportFeedbackSignal,
  reportIssueSignal,
  reportPullRequestSignal,
  resumeSignal,
  statusQuery,
} from '../../../src/workflows/messages.ts';
import { aCheck, checksWith } from '../../support/checks.ts';
import { eventually } from '../../support/eventually.ts';
import { IMPATIENT } from '../../support/fake-world.ts';
import { PLACELESS } from '../../support/feedback.ts';
import {
  startWorkflowEnvironment,
  type WorkflowEnvironment,
} from '../../support/workflow-environment.ts';
import { startSession } from '../../support/workflow-session.ts';

/** Events after which the server asks a workflow to continue as new. */
const SUGGESTED_AT = 150;

let environment: WorkflowEnvironment;
beforeAll(async () => {
  environment = await startWorkflowEnvironment([
    `limit.historyCount.suggestContinueAsNew=${SUGGESTED_AT}`,
  ]);
});
afterAll(() => environment.close());

const OPEN: IssueSnapshot = { state: 'open', title: 'x', digest: 'd' };
const asks: Outcome = { kind: 'stuck', decision: 'which?', options: [], context: '' };

let last = 4_000;

/** A session, whichever of its executions it is in. */
async function session(turns: readonly Outcome[], more: Partial<SessionInput> = {}) {
  const issue = ++last;
  const { client, world } = environment;
  world.script(issue, ...turns);
  const { workflowId } = await startSession(environment, issue, more);
  const handle = client.workflow.getHandle(workflowId);
  const status = async () => await handle.query(statusQuery);
  /** Sends it so often what changes nothing. */
  const tell = (times: number) =>
    Promise.all(Array.from({ length: times }, () => handle.signal(reportIssueSignal, OPEN)));
  return {
    ...{ issue, handle, world, status, tell },
    becomes: (expected: string) =>
      eventually(async () => expect((await status()).status).toBe(expected)),
    guide: (words: string | { action: 'approve' | 'resolved' }) =>
      handle.executeUpdate(guideUpdate, { args: [words] }),
    turns: () => world.turnInputs.filter(({ location }) => location.issue === issue),
    questions: () => world.notices.filter((title) => title === `#${issue} is stuck`).length,
    /** Sends it what changes nothing until another execution has begun, twice. */
    async moveOn() {
      for (let times = 0; times < 2; times++) {
        const { runId } = await handle.describe();
        await eventually(async () => {
          await tell(20);
          expect((await handle.describe()).runId).not.toBe(runId);
        });
      }
    },
    end: async () => {
      await handle.signal(reportPullRequestSignal, world.merged(issue));
      expect(await handle.result()).toMatchObject({ status: 'merged' });
    },
  };
}

test('a question of the agent outlives its execution: it is told once, and its answer given once', async () => {
  const one = await session([asks]);
  await one.becomes('stuck');
  await one.moveOn();
  expect(await one.status()).toMatchObject({ status: 'stuck', stuckReason: 'which?' });
  await one.guide('the first');
  await one.becomes('complete');
  expect(one.turns().map(({ kind, guidance }) => [kind, guidance])).toEqual([
    ['implement', ''],
    ['guidance', 'the first'],
  ]);
  expect(one.questions()).toBe(1);
  const published = one.world.published.findLast(({ location }) => location.issue === one.issue);
  expect(published?.parts.decisions).toEqual([{ decision: 'which?', guidance: 'the first' }]);
  await one.moveOn();
  expect((await one.status()).status).toBe('complete');
  await one.end();
});

test('a plan is approved in another execution than the one that asked for it', async () => {
  const one = await session([{ kind: 'done', summary: 'the plan' }], { caution: 'payments' });
  await one.becomes('stuck');
  await one.moveOn();
  expect(await one.status()).toMatchObject({ asksFor: 'approval' });
  await one.guide({ action: 'approve' });
  await one.becomes('complete');
  expect(one.turns().map(({ kind }) => kind)).toEqual(['plan', 'implement']);
  expect(one.questions()).toBe(1);
  await one.end();
});

test('a failed step is asked about once, and done after the answer', async () => {
  const one = await session([]);
  const refused = new CoppiceError('PushRejected', 'no push today');
  one.world.failures.set(`publish #${one.issue}`, [refused, refused, refused]);
  await one.becomes('stuck');
  await one.moveOn();
  await one.becomes('stuck');
  expect(one.questions()).toBe(1);
  await one.guide('mended');
  await one.becomes('complete');
  expect(one.turns()).toHaveLength(1);
  await one.end();
});

test('checks that could not be run again are run again after the answer, also in another execution', async () => {
  const { issue, handle, world, moveOn, becomes, guide } = await session([]);
  await becomes('complete');
  const refused = new CoppiceError('GitHubRejected', 'the token may not run checks again');
  world.failures.set(`rerunChecks #${issue}`, [refused, refused, refused]);
  const e2e = aCheck('e2e', 'infrastructureFailure');
  const pull = { draft: false, checks: checksWith({ notPassed: [e2e] }) };
  await handle.signal(reportPullRequestSignal, world.pullRequest(issue, pull));
  await becomes('stuck');
  await moveOn();
  await becomes('stuck');
  const reruns = () => world.calls.filter((call) => call === `rerunChecks #${issue} e2e`);
  expect(reruns()).toEqual([]);
  await guide('the token may do so now');
  await eventually(() => expect(reruns()).toHaveLength(1));
  await handle.signal(reportPullRequestSignal, world.merged(issue));
  expect((await handle.result()).status).toBe('merged');
});

test('what the agent asks while it resolves a conflict is asked once, and no turn is taken again', async () => {
  const below = { issue: 90, branch: 'issue-90', pullRequestUrl: 'https://github.test/pull/90' };
  const one = await session([], { parent: below });
  await one.becomes('complete');
  const conflict = () => new CoppiceError('RebaseConflict', 'it conflicts');
  // Each execution tries again, and how many there will be is not known.
  one.world.failures.set(`restack #${one.issue}`, Array.from({ length: 100 }, conflict));
  one.world.script(one.issue, asks);
  await one.handle.signal(reportDependencySignal, { issue: 90, event: 'merged' });
  await one.becomes('stuck');
  await one.moveOn();
  await eventually(async () => expect((await one.status()).stuckReason).toBe('it conflicts'));
  await one.guide('keep both');
  await eventually(async () => expect((await one.status()).stuckReason).toBe('which?'));
  await one.moveOn();
  await eventually(async () => expect((await one.status()).stuckReason).toBe('which?'));
  one.world.failures.delete(`restack #${one.issue}`);
  await one.guide('theirs');
  await eventually(() => expect(one.world.calls).toContain(`retarget #${one.issue} main`));
  expect(one.questions()).toBe(2);
  const resolving = one.turns().filter(({ kind }) => kind === 'resolve');
  expect(resolving.map(({ context }) => context)).toEqual([
    'it conflicts\n\nkeep both',
    'it conflicts\n\nkeep both\n\ntheirs',
  ]);
  await one.becomes('complete');
  await one.end();
});

test('commits that may not be pushed are looked at by one turn after the answer', async () => {
  const one = await session([]);
  const problem = '`npm test` failed';
  one.world.outgoing.set(one.issue, [problem, problem]);
  await one.becomes('stuck');
  await one.moveOn();
  await one.guide('mind the clock');
  await one.becomes('complete');
  expect(one.turns().map(({ kind }) => kind)).toEqual(['implement', 'nudge', 'nudge']);
  expect(one.turns().at(-1)).toMatchObject({ context: problem, guidance: 'mind the clock' });
  expect(one.questions()).toBe(1);
  // Nothing of that is left: the next problem is the agent's to mend first.
  one.world.outgoing.set(one.issue, [problem]);
  await one.guide('one more thing');
  await eventually(() => expect(one.turns()).toHaveLength(5));
  await one.becomes('complete');
  expect(one.questions()).toBe(1);
  await one.end();
});

test('a paused session, and one that waits for a usage limit, take no turn for it', async () => {
  const until = new Date(Date.now() + 3_600_000).toISOString();
  const one = await session([{ kind: 'usage-limited', until }]);
  await eventually(async () => expect((await one.status()).waitingUntil).toBe(until));
  await one.moveOn();
  expect(await one.status()).toMatchObject({ waitingUntil: until });
  expect(one.turns()).toHaveLength(1);
  await one.handle.signal(pauseSignal);
  await one.guide('it is over');
  await eventually(async () => expect((await one.status()).activity).toBe('paused by a person'));
  await one.moveOn();
  await one.handle.signal(resumeSignal);
  await one.becomes('complete');
  expect(
    one.turns().map(({ guidance, ignoreUsageLimit = false }) => [guidance, ignoreUsageLimit]),
  ).toEqual([
    ['', false],
    ['it is over', true],
  ]);
  await one.end();
});

test('what a message has begun is finished before the next execution begins', async () => {
  const one = await session([asks]);
  await one.becomes('stuck');
  const { promise, resolve } = Promise.withResolvers<void>();
  one.world.onReact = () => promise;
  const comment = (id: string): FeedbackItem => ({
    ...{ id: `${id}${one.issue}`, node: 'n', kind: 'comment', onIssue: false, author: 'ann' },
    ...{ bot: false, mayWrite: true, text: '/coppice resume', url: 'u' },
    ...{ at: '2100-01-01T00:00:00Z', ...PLACELESS },
  });
  await one.handle.signal(reportFeedbackSignal, [comment('c'), comment('d')]);
  const { runId } = await one.handle.describe();
  await one.tell(SUGGESTED_AT);
  // It is long by now, and has every reason to leave. A query is answered once it has taken all signals.
  await one.handle.query(statusQuery);
  expect((await one.handle.describe()).runId).toBe(runId);
  resolve();
  one.world.onReact = () => undefined;
  await eventually(async () => expect((await one.handle.describe()).runId).not.toBe(runId));
  const ids = [`c${one.issue}`, `d${one.issue}`];
  expect(one.world.reactions.filter((id) => ids.includes(id))).toEqual(ids);
  expect((await one.handle.query(detailQuery)).stuck?.decision).toBe('which?');
  await one.guide('the first');
  await one.becomes('complete');
  await one.end();
});

test('a limit of what may be asked is looked at in every execution', async () => {
  const { world } = environment;
  world.settings = SessionSettings.parse({
    ...IMPATIENT,
    policy: { ...IMPATIENT.policy, budget: { session: 0.4 } },
  });
  const one = await session([asks]);
  await one.becomes('stuck');
  world.settings = SessionSettings.parse(IMPATIENT);
  await one.guide('the first');
  await eventually(async () => expect((await one.status()).asksFor).toBe('budget'));
  await one.moveOn();
  await eventually(async () => expect((await one.status()).asksFor).toBe('budget'));
  expect(one.questions()).toBe(2);
  await one.handle.executeUpdate(guideUpdate, { args: [{ budget: 5 }] });
  await one.becomes('complete');
  expect(one.turns().map(({ guidance }) => guidance)).toEqual(['', 'the first']);
  await one.end();
});
