import { expect, test } from 'vitest';
import type { Outcome } from '../../../src/domain/session/turn.ts';
import { SessionSettings } from '../../../src/domain/settings/session-settings.ts';
import { CoppiceError } from '../../../src/domain/shared/failure.ts';
import {
  detailQuery,
  guidanceSignal,
  reportDependencySignal,
  reportPullRequestSignal,
  statusQuery,
} from '../../../src/workflows/messages.ts';
import { aCheck, checksWith } from '../../support/checks.ts';
import { eventually } from '../../support/eventually.ts';
import { IMPATIENT } from '../../support/fake-world.ts';
import { environmentOfTests, startSession, until } from '../../support/workflow-session.ts';

const environment = await environmentOfTests();
const { world } = environment;

let last = 700;

/** A session with this policy and agent, whose turns end so, and then with what they came to. */
async function session(
  { agent = {}, ...policy }: { agent?: object; [name: string]: unknown },
  ...turns: Parameters<typeof world.script>[1][]
) {
  const issue = ++last;
  world.settings = SessionSettings.parse({
    ...IMPATIENT,
    agent,
    policy: { ...IMPATIENT.policy, ...policy },
  });
  world.script(issue, ...turns);
  const handle = await startSession(environment, issue);
  // Registration reads the settings.
  await eventually(() => expect(world.calls).toContain(`register #${issue}`));
  world.settings = SessionSettings.parse(IMPATIENT);
  const inputs = () => world.turnInputs.filter(({ location }) => location.issue === issue);
  return {
    ...{ issue, handle, inputs },
    kinds: () => inputs().map(({ kind }) => kind),
    stuck: async () => {
      await until(handle, 'stuck');
      return (await handle.query(detailQuery)).stuck;
    },
  };
}

/** A limit that is over by now. */
const limited: Outcome = { kind: 'usage-limited', until: '2020-01-01T00:00:00Z' };
const broken: Outcome = { kind: 'invalid', problem: 'no outcome', tail: '' };

test('turns that met a usage limit are no attempts, and count for no limit of turns', async () => {
  const { handle, inputs } = await session(
    { turns: 2 },
    limited,
    limited,
    limited,
    broken,
    limited,
  );
  await until(handle, 'complete');
  expect(inputs().map(({ kind, context }) => [kind, context])).toEqual([
    ...Array(4).fill(['implement', '']),
    ...Array(2).fill(['nudge', 'no outcome']),
  ]);
  expect(await handle.query(statusQuery)).toMatchObject({ turns: 2 });
  await handle.cancel();
});

test('after every so many turns it asks whether to go on, once', async () => {
  const { handle, kinds, stuck } = await session({ turns: 1 }, broken, limited);
  expect(await stuck()).toMatchObject({ decision: 'Continue? 1 turns have been taken' });
  expect(kinds()).toEqual(['implement']);
  await handle.signal(guidanceSignal, 'go on');
  await until(handle, 'complete');
  expect(kinds()).toEqual(['implement', 'nudge', 'nudge']);
  await handle.cancel();
});

test('a usage limit takes nothing from the attempts at failed checks', async () => {
  const { issue, handle, inputs, stuck } = await session({ turnLimits: { ci: 1 } });
  await until(handle, 'complete');
  world.script(issue, limited, limited);
  const failing = (headSha: string) =>
    handle.signal(
      reportPullRequestSignal,
      world.pullRequest(issue, {
        ...{ draft: false, headSha },
        checks: checksWith({ notPassed: [aCheck('unit')] }),
      }),
    );
  world.heads.set(issue, 'second');
  await failing('head');
  await eventually(() => expect(inputs()).toHaveLength(4));
  expect(
    new Set(
      inputs()
        .slice(1)
        .map(({ context }) => context),
    ).size,
  ).toBe(1);
  await eventually(async () =>
    expect((await handle.query(statusQuery)).activity).toMatch(/^waits for/),
  );
  await failing('second');
  expect((await stuck())?.decision).toBe('Checks still fail after 1 turn: unit. What now?');
  await handle.cancel();
});

test('a person’s words end the wait for a usage limit: it is tried at once', async () => {
  const until_ = new Date(Date.now() + 3_600_000).toISOString();
  const limit: Outcome = { kind: 'usage-limited', until: until_ };
  const { handle, inputs } = await session({ resume: 'ask' }, limit);
  await eventually(async () => expect((await handle.query(statusQuery)).waitingUntil).toBe(until_));
  await handle.signal(guidanceSignal, 'try again');
  await until(handle, 'complete');
  expect(
    inputs().map(({ ignoreUsageLimit = false, guidance }) => [ignoreUsageLimit, guidance]),
  ).toEqual([
    [false, ''],
    [true, 'try again'],
  ]);
  expect(await handle.query(statusQuery)).toMatchObject({ waitingUntil: null });
  await handle.cancel();
});

test('a conflict that met a usage limit is resolved when that is over', async () => {
  const issue = ++last;
  const parent = { issue: 90, branch: 'issue-90', pullRequestUrl: 'https://github.test/pull/90' };
  const handle = await startSession(environment, issue, { parent });
  await until(handle, 'complete');
  world.failures.set(`restack #${issue}`, [new CoppiceError('RebaseConflict', 'it conflicts')]);
  world.script(issue, limited);
  await handle.signal(reportDependencySignal, { issue: 90, event: 'merged' });
  await until(handle, 'stuck');
  const before = world.calls.length;
  await handle.signal(guidanceSignal, 'keep both');
  await eventually(() => expect(world.calls).toContain(`retarget #${issue} main`));
  expect(world.calls.slice(before).filter((call) => call.includes(`#${issue}`))).toEqual([
    `runTurn #${issue} resolve`,
    `runTurn #${issue} resolve`,
    `takeUp #${issue} issue-90→main`,
    `retarget #${issue} main`,
  ]);
  await handle.cancel();
});

test('a turn that reached the budget is taken again, in the same conversation with the same words, once that is raised', async () => {
  const spent: Outcome = { kind: 'over-budget' };
  const asks: Outcome = { kind: 'stuck', decision: 'which?', options: [], context: '' };
  const { handle, inputs, stuck } = await session({ budget: { session: 2 } }, asks, spent);
  expect(await stuck()).toMatchObject({ decision: 'which?' });
  await handle.signal(guidanceSignal, 'the first');
  await eventually(async () =>
    expect((await handle.query(statusQuery)).stuckReason).toBe(
      'The budget of this session is spent: $2.00 of $2.00. Raise it?',
    ),
  );
  await handle.signal(guidanceSignal, { budget: 5 });
  await until(handle, 'complete');
  expect(inputs()).toMatchObject([
    { costLimit: 2, resume: false, guidance: '' },
    { costLimit: 1.5, kind: 'guidance', guidance: 'the first', resume: true },
    { costLimit: 5, kind: 'guidance', guidance: 'the first', resume: true, again: true },
  ]);
  expect(new Set(inputs().map(({ conversation }) => conversation)).size).toBe(1);
  // The fake world's turns tell a cost of half a dollar; the stopped one took all that was left.
  expect((await handle.query(detailQuery)).turns.map(({ costUsd }) => costUsd)).toEqual([
    0.5, 1.5, 0.5,
  ]);
  await handle.cancel();
});

test('a planning turn waits for a higher budget too', async () => {
  const spent: Outcome = { kind: 'over-budget' };
  const { handle, kinds, stuck } = await session(
    { planning: 'always', budget: { session: 1 } },
    spent,
  );
  expect((await stuck())?.decision).toContain('Raise it?');
  await handle.signal(guidanceSignal, { budget: 5 });
  await until(handle, 'complete');
  expect(kinds()).toEqual(['plan', 'plan', 'implement']);
  await handle.cancel();
});

test('an agent that stops at a limit of its own settings has failed', async () => {
  const { handle, stuck } = await session({}, { kind: 'over-budget' });
  expect((await stuck())?.decision).toBe(
    'The agent failed: it reached the cost limit of its own settings',
  );
  await handle.cancel();
});

test('tokens are counted, and apart those of which nobody knows the cost', async () => {
  const tokens = { input: 1_000_000, output: 200_000 };
  const asks: Outcome = { kind: 'stuck', decision: 'which?', options: [], context: '' };
  const turn = { outcome: asks, tokens };
  const unpriced = await session({}, turn, turn);
  await unpriced.stuck();
  await unpriced.handle.signal(guidanceSignal, 'the first');
  await eventually(async () =>
    expect(await unpriced.handle.query(statusQuery)).toMatchObject({
      ...{ status: 'stuck', costUsd: 0 },
      tokens: { input: 2_000_000, output: 400_000 },
      unpriced: { input: 2_000_000, output: 400_000 },
    }),
  );
  expect((await unpriced.handle.query(detailQuery)).turns).toMatchObject([
    { costUsd: null, tokens },
    { costUsd: null, tokens },
  ]);
  await unpriced.handle.cancel();

  const priced = await session({ agent: { prices: { input: 1, output: 5 } } }, turn);
  await priced.stuck();
  expect(await priced.handle.query(statusQuery)).toMatchObject({
    ...{ costUsd: 2, tokens },
    unpriced: { input: 0, output: 0 },
  });
  await priced.handle.cancel();
});

const lazy = { outcome: { kind: 'done', summary: 'all done' }, work: { commits: 0 } } as const;

test('after a person’s words the same failing outcome is asked about at once, without another nudge', async () => {
  const { handle, kinds, stuck } = await session({}, lazy, lazy, lazy);
  expect((await stuck())?.context).toContain('second time in a row: the same problem');
  expect(kinds()).toEqual(['implement', 'nudge']);
  await handle.signal(guidanceSignal, 'commit it');
  await eventually(() => expect(kinds()).toHaveLength(3));
  expect((await stuck())?.decision).toContain('said done without a commit');
  expect(kinds()).toEqual(['implement', 'nudge', 'guidance']);
  await handle.signal(guidanceSignal, 'really');
  await until(handle, 'complete');
  await handle.cancel();
});

test('another failing outcome than before gets its own nudge, and a person is told both', async () => {
  const { handle, kinds, stuck } = await session({}, lazy, lazy, broken, lazy);
  await stuck();
  await handle.signal(guidanceSignal, 'commit it');
  await eventually(() => expect(kinds()).toHaveLength(4));
  const asked = await stuck();
  expect(kinds()).toEqual(['implement', 'nudge', 'guidance', 'nudge']);
  expect(asked?.context).toContain('no outcome');
  expect(asked?.context).toContain('said done without a commit');
  await handle.cancel();
});

test('what can’t be pushed is asked about at once when a person’s words changed nothing', async () => {
  const planned = Promise.withResolvers<Outcome>();
  const { issue, handle, kinds, stuck } = await session({ planning: 'always' }, planned.promise);
  const problem = '`npm test` failed';
  world.outgoing.set(issue, [problem, problem, problem]);
  planned.resolve({ kind: 'done', summary: 'planned it' });
  expect((await stuck())?.context).toContain('the same problem');
  expect(kinds()).toEqual(['plan', 'implement', 'nudge']);
  await handle.signal(guidanceSignal, 'mind the clock');
  await eventually(() => expect(kinds()).toHaveLength(4));
  await stuck();
  expect(kinds()).toHaveLength(4);
  await handle.signal(guidanceSignal, 'once more');
  await until(handle, 'complete');
  expect(kinds()).toHaveLength(5);
  await handle.cancel();
});

test('an agent that fails in the same way after a person’s words says so', async () => {
  const failed: Outcome = { kind: 'failed', reason: 'exit code 3', tail: 'no such luck' };
  const { handle, kinds, stuck } = await session({}, failed, failed);
  expect((await stuck())?.context).toBe('no such luck');
  await handle.signal(guidanceSignal, 'again');
  await eventually(() => expect(kinds()).toHaveLength(2));
  await until(handle, 'stuck');
  expect((await stuck())?.context).toMatch(/^It is the second time in a row: .*no such luck$/s);
  await handle.cancel();
});
