import {
  type WorkflowHandleWithFirstExecutionRunId,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { expect, test } from 'vitest';
import type { PlanInput } from '../../../src/domain/run/plan.ts';
import type { RunArguments, RunStatus } from '../../../src/domain/run/run.ts';
import type { QuestionOption } from '../../../src/domain/session/options.ts';
import type { Outcome } from '../../../src/domain/session/turn.ts';
import { CoppiceError } from '../../../src/domain/shared/failure.ts';
import {
  runWorkflowId,
  SHARED_TASK_QUEUE,
  sessionWorkflowId,
} from '../../../src/domain/shared/identity.ts';
import {
  addUpdate,
  detailQuery,
  dropUpdate,
  guidanceSignal,
  pauseUpdate,
  reorderUpdate,
  reportPullRequestSignal,
  resumeUpdate,
  runStatusQuery,
  setConcurrencyUpdate,
  statusQuery,
} from '../../../src/workflows/messages.ts';
import type { runWorkflow } from '../../../src/workflows/run/workflow.ts';
import type { issueWorkflow } from '../../../src/workflows/session/workflow.ts';
import { eventually } from '../../support/eventually.ts';
import { environmentOfTests, REPOSITORY } from '../../support/workflow-session.ts';

const environment = await environmentOfTests();

type Run = WorkflowHandleWithFirstExecutionRunId<typeof runWorkflow>;

const start = (
  name: string,
  issues: PlanInput['issues'],
  concurrency = 3,
  more: Partial<RunArguments> = {},
): Promise<Run> =>
  environment.client.workflow.start<typeof runWorkflow>('runWorkflow', {
    args: [{ repository: REPOSITORY, name, issues, concurrency, ...more }],
    workflowId: runWorkflowId(REPOSITORY, name),
    taskQueue: SHARED_TASK_QUEUE,
  });

const session = (issue: number) =>
  environment.client.workflow.getHandle<typeof issueWorkflow>(sessionWorkflowId(REPOSITORY, issue));

const statuses = async (run: Run): Promise<Record<number, string>> => {
  const status: RunStatus = await run.query(runStatusQuery);
  return Object.fromEntries(status.sessions.map((report) => [report.issue, report.status]));
};

const unlessEnded = (error: unknown): void => {
  if (!(error instanceof WorkflowNotFoundError)) throw error;
};

const merge = (issue: number): Promise<void> =>
  session(issue).signal(reportPullRequestSignal, environment.world.merged(issue));

test('a session has the agent of its issue, or else of its run', async () => {
  const { client, world } = environment;
  const run = await client.workflow.start<typeof runWorkflow>('runWorkflow', {
    args: [
      {
        ...{ repository: REPOSITORY, name: 'agents', agent: 'codex' },
        issues: [{ issue: 291 }, { issue: 292, agent: 'claude' }],
      },
    ],
    workflowId: runWorkflowId(REPOSITORY, 'agents'),
    taskQueue: SHARED_TASK_QUEUE,
  });
  await eventually(async () =>
    expect(await statuses(run)).toEqual({ 291: 'complete', 292: 'complete' }),
  );
  const agentOf = (issue: number) =>
    world.turnInputs.find(({ location }) => location.issue === issue)?.agent.adapter;
  expect([agentOf(291), agentOf(292)]).toEqual(['codex', 'claude']);
  expect((await session(291).query(detailQuery)).agent).toEqual({
    ...{ name: 'codex', adapter: 'codex', model: null },
  });
  for (const issue of [291, 292]) await merge(issue);
  await run.result();
});

test('sessions run side by side, at most as many at work as there are slots', async () => {
  const gates = [201, 202, 203].map((issue) => {
    const gate = Promise.withResolvers<{ kind: 'done'; summary: string }>();
    environment.world.script(issue, gate.promise);
    return gate;
  });
  const run = await start('slots', [{ issue: 201 }, { issue: 202 }, { issue: 203 }], 2);
  await eventually(async () =>
    expect(await statuses(run)).toEqual({ 201: 'working', 202: 'working' }),
  );
  expect((await run.query(runStatusQuery)).queue).toEqual([
    { issue: 203, waitingFor: 'a free slot' },
  ]);
  gates[0]?.resolve({ kind: 'done', summary: 'one' });
  await eventually(async () =>
    expect(await statuses(run)).toEqual({ 201: 'complete', 202: 'working', 203: 'working' }),
  );
  gates[1]?.resolve({ kind: 'done', summary: 'two' });
  gates[2]?.resolve({ kind: 'done', summary: 'three' });
  await eventually(async () => expect((await statuses(run))[203]).toBe('complete'));
  for (const issue of [201, 202, 203]) await merge(issue);
  expect(await run.result()).toEqual({ merged: [201, 202, 203], cancelled: [], notStarted: [] });
});

test('issues that change the same files are not worked on at the same time, until it is seen that they don’t', async () => {
  const first = Promise.withResolvers<{ outcome: Outcome; work: { changed: string[] } }>();
  const second = Promise.withResolvers<Outcome>();
  environment.world.script(296, first.promise, second.promise);
  const files = { 'src/auth.js': 0.8 };
  const others = [297, 298].map((issue) => ({ issue, files }));
  const run = await start('apart', [{ issue: 296, files }, ...others], 2, {
    overlaps: [
      { issues: [296, 297], score: 0.64, files: ['src/auth.js'], apart: true },
      { issues: [296, 298], score: 0.64, files: ['src/auth.js'], apart: true },
    ],
  });
  await eventually(async () => expect(await statuses(run)).toEqual({ 296: 'working' }));
  const waits = { waitingFor: '#296', waitsWhile: '#296 probably changes src/auth.js' };
  expect((await run.query(runStatusQuery)).queue).toEqual(
    others.map(({ issue }) => ({ issue, ...waits })),
  );
  await run.executeUpdate(reorderUpdate, { args: [[298]] });
  await eventually(async () => expect((await statuses(run))[298]).toBe('complete'));
  expect((await statuses(run))[297]).toBeUndefined();

  first.resolve({
    outcome: { kind: 'invalid', problem: 'no outcome', tail: '' },
    work: { changed: ['docs/billing.md'] },
  });
  await eventually(async () => expect((await statuses(run))[297]).toBe('complete'));
  expect((await statuses(run))[296]).toBe('working');
  second.resolve({ kind: 'done', summary: 'one' });
  await eventually(async () => expect((await statuses(run))[296]).toBe('complete'));
  for (const issue of [296, 297, 298]) await merge(issue);
  await run.result();
});

test('a stuck session gives its slot away', async () => {
  environment.world.script(211, { kind: 'stuck', decision: 'which?', options: [], context: '' });
  const run = await start('stuck', [{ issue: 211 }, { issue: 212 }], 1);
  await eventually(async () =>
    expect(await statuses(run)).toEqual({ 211: 'stuck', 212: 'complete' }),
  );
  await session(211).signal(guidanceSignal, 'this one');
  await eventually(async () => expect((await statuses(run))[211]).toBe('complete'));
  await merge(211);
  await merge(212);
  await run.result();
});

test('a dependent starts on its dependency’s branch and hears of the merge', async () => {
  const run = await start('stack', [{ issue: 227, after: [226] }, { issue: 226 }]);
  await eventually(async () =>
    expect(await statuses(run)).toEqual({ 226: 'complete', 227: 'complete' }),
  );
  expect(environment.world.calls).toContain('createWorktree #227 issue-226');
  expect(environment.world.calls).toContain('publish #227 issue-226');
  await merge(226);
  await eventually(async () => expect(environment.world.calls).toContain('retarget #227 main'));
  await merge(227);
  expect((await run.result()).merged.sort()).toEqual([226, 227]);
  expect(environment.world.calls.filter((call) => call.startsWith('restack #227'))).toHaveLength(1);
});

test('a dependency that ends cancelled makes its dependent ask before anything is made', async () => {
  environment.world.script(231, { kind: 'stuck', decision: 'which?', options: [], context: '' });
  const run = await start('cancelled', [{ issue: 231 }, { issue: 232, after: [231] }]);
  await eventually(async () => expect(await statuses(run)).toEqual({ 231: 'stuck' }));
  await session(231).cancel();
  await eventually(async () =>
    expect(await statuses(run)).toEqual({ 231: 'cancelled', 232: 'stuck' }),
  );
  expect((await session(232).query(statusQuery)).stuckReason).toContain('#231');
  expect(environment.world.calls).not.toContain('createWorktree #232 main');
  await session(232).signal(guidanceSignal, 'go');
  await eventually(async () => expect((await statuses(run))[232]).toBe('complete'));
  await merge(232);
  expect(await run.result()).toEqual({ merged: [232], cancelled: [231], notStarted: [] });
});

test('a cancelled run starts nothing more, and serves the sessions under way to their end', async () => {
  const gate = Promise.withResolvers<{ kind: 'done'; summary: string }>();
  environment.world.script(241, gate.promise);
  const run = await start('stop', [{ issue: 241 }, { issue: 242 }], 1);
  await eventually(async () => expect(await statuses(run)).toEqual({ 241: 'working' }));
  await run.cancel();
  await eventually(async () => expect((await run.query(runStatusQuery)).queue).toEqual([]));
  gate.resolve({ kind: 'done', summary: 'done' });
  await eventually(async () =>
    expect((await session(241).query(statusQuery)).status).toBe('complete'),
  );
  await merge(241);
  await expect(run.result()).rejects.toThrow();
  expect(environment.world.calls).not.toContain('register #242');
});

test('a run ends although a session of it was terminated', async () => {
  environment.world.script(251, { kind: 'stuck', decision: 'which?', options: [], context: '' });
  const run = await start('terminated', [{ issue: 251 }]);
  await eventually(async () => expect(await statuses(run)).toEqual({ 251: 'stuck' }));
  await session(251).terminate('by hand');
  expect(await run.result()).toEqual({ merged: [], cancelled: [251], notStarted: [] });
});

test('a plan that goes in a circle is refused', async () => {
  const run = await start('circle', [
    { issue: 261, after: [262] },
    { issue: 262, after: [261] },
  ]);
  const failure = (await run.result().catch((error: unknown) => error)) as Error;
  expect((failure.cause as Error).message).toContain('#261 → #262 → #261');
});

test('a dependent follows its dependency’s branch when that moves, and asks when it ends cancelled', async () => {
  const run = await start('follow', [{ issue: 271 }, { issue: 272, after: [271] }]);
  await eventually(async () =>
    expect(await statuses(run)).toEqual({ 271: 'complete', 272: 'complete' }),
  );
  const pushed = environment.world.pullRequest(271, { headSha: 'a reviewer’s commit' });
  await session(271).signal(reportPullRequestSignal, pushed);
  await eventually(async () =>
    expect(environment.world.calls).toContain('restack #272 issue-271→issue-271'),
  );
  await eventually(async () => expect((await statuses(run))[272]).toBe('complete'));
  await session(271).cancel();
  await eventually(async () => expect((await statuses(run))[272]).toBe('stuck'));
  await session(272).signal(guidanceSignal, 'go on');
  await eventually(async () => expect(environment.world.calls).toContain('retarget #272 main'));
  await merge(272);
  expect(await run.result()).toEqual({ merged: [272], cancelled: [271], notStarted: [] });
});

test('a run under way can be added to, reordered, given more slots and relieved of issues', async () => {
  const gate = Promise.withResolvers<{ kind: 'done'; summary: string }>();
  environment.world.script(281, gate.promise);
  const run = await start('amend', [{ issue: 281 }, { issue: 282 }, { issue: 283 }], 1);
  await eventually(async () => expect(await statuses(run)).toEqual({ 281: 'working' }));
  await run.executeUpdate(addUpdate, { args: [{ issue: 284, after: [281] }] });
  await run.executeUpdate(dropUpdate, { args: [282] });
  await run.executeUpdate(addUpdate, { args: [{ issue: 285 }] });
  await run.executeUpdate(reorderUpdate, { args: [[285]] });
  expect((await run.query(runStatusQuery)).queue.map(({ issue }) => issue)).toEqual([
    283, 284, 285,
  ]);
  const refusal = await run.executeUpdate(dropUpdate, { args: [281] }).catch((error) => error);
  expect(refusal.cause.message).toContain('cancel that instead');

  await run.executeUpdate(setConcurrencyUpdate, { args: [2] });
  await eventually(async () => expect((await statuses(run))[285]).toBeDefined());
  gate.resolve({ kind: 'done', summary: 'done' });
  await eventually(async () =>
    expect(await statuses(run)).toEqual({
      281: 'complete',
      283: 'complete',
      284: 'complete',
      285: 'complete',
    }),
  );
  for (const issue of [281, 283, 284, 285]) await merge(issue);
  expect((await run.result()).merged.sort()).toEqual([281, 283, 284, 285]);
  expect(environment.world.calls).not.toContain('register #282');
});

test('a paused run starts nothing and its sessions begin no turn, until it is resumed', async () => {
  const gate = Promise.withResolvers<{
    kind: 'stuck';
    decision: string;
    options: QuestionOption[];
    context: string;
  }>();
  environment.world.script(291, gate.promise);
  const run = await start('pause', [{ issue: 291 }, { issue: 292 }], 1);
  await eventually(async () => expect(await statuses(run)).toEqual({ 291: 'working' }));
  await run.executeUpdate(pauseUpdate);
  expect((await run.query(runStatusQuery)).paused).toBe(true);
  gate.resolve({ kind: 'stuck', decision: 'which?', options: [], context: '' });
  await eventually(async () => expect(await statuses(run)).toEqual({ 291: 'stuck' }));
  await session(291).signal(guidanceSignal, 'this one');
  await eventually(async () =>
    expect((await session(291).query(statusQuery)).activity).toBe('paused by a person'),
  );
  expect(await statuses(run)).not.toHaveProperty('292');
  await run.executeUpdate(resumeUpdate);
  await eventually(async () =>
    expect(await statuses(run)).toEqual({ 291: 'complete', 292: 'complete' }),
  );
  await merge(291);
  await merge(292);
  await run.result();
});

test('the pull requests of a stack show it, each from its own place, and again at every change', async () => {
  const { world } = environment;
  const run = await start('table', [{ issue: 301 }, { issue: 302, after: [301] }]);
  const shown = (issue: number) => world.described.get(issue)?.at(-1)?.stack;
  const rows = (below: string, above: string) => [
    { issue: 301, after: [], pullRequest: 1_301, state: below },
    { issue: 302, after: [301], pullRequest: 1_302, state: above },
  ];
  await eventually(async () => {
    expect(shown(301)).toEqual(rows('open', 'open'));
    expect(shown(302)).toEqual(rows('open', 'open'));
  });
  await merge(301);
  await eventually(async () => expect(shown(302)).toEqual(rows('merged', 'open')));
  expect(world.described.get(302)?.at(-1)?.parent).toBe(null);
  const before = world.described.get(302)?.length;
  await merge(302);
  await run.result();
  expect(world.described.get(302)).toHaveLength(before ?? 0);
});

test('a merged branch is deleted when the last dependent has left it', async () => {
  const { world } = environment;
  const run = await start('left', [
    { issue: 311 },
    { issue: 312, after: [311] },
    { issue: 313, after: [311] },
  ]);
  await eventually(async () =>
    expect(await statuses(run)).toEqual({ 311: 'complete', 312: 'complete', 313: 'complete' }),
  );
  const gate = Promise.withResolvers<{ kind: 'done'; summary: string }>();
  world.script(313, gate.promise);
  await session(313).signal(guidanceSignal, 'one more thing');
  await eventually(async () => expect((await statuses(run))[313]).toBe('working'));
  await merge(311);
  await eventually(async () => expect(world.calls).toContain('retarget #312 main'));
  await eventually(async () => expect((await statuses(run))[312]).toBe('complete'));
  expect(world.calls.filter((call) => call.startsWith('deleteBranch'))).not.toContain(
    'deleteBranch issue-311 head',
  );
  gate.resolve({ kind: 'done', summary: 'done' });
  await eventually(async () => expect(world.calls).toContain('deleteBranch issue-311 head'));
  const order = ['retarget #313 main', 'deleteBranch issue-311 head'];
  expect(world.calls.filter((call) => order.includes(call))).toEqual(order);
  await merge(312);
  await merge(313);
  await run.result();
  for (const issue of [312, 313]) expect(world.calls).toContain(`deleteBranch issue-${issue} head`);
});

test('one merged into the branch below is merged, and its dependents move, when that one is', async () => {
  const { world } = environment;
  const run = await start('below', [
    { issue: 321 },
    { issue: 322, after: [321] },
    { issue: 323, after: [322] },
  ]);
  await eventually(async () =>
    expect(await statuses(run)).toEqual({ 321: 'complete', 322: 'complete', 323: 'complete' }),
  );
  await session(322).signal(reportPullRequestSignal, world.merged(322, 'issue-321'));
  await eventually(async () =>
    expect((await session(322).query(statusQuery)).activity).toContain('waits for #321'),
  );
  await eventually(async () =>
    expect(
      world.described
        .get(323)
        ?.at(-1)
        ?.stack.map(({ state }) => state),
    ).toEqual(['open', 'merged below', 'open']),
  );
  await session(321).signal(
    reportPullRequestSignal,
    world.pullRequest(321, { headSha: 'merged into' }),
  );
  await eventually(async () =>
    expect((await run.query(runStatusQuery)).sessions[0]?.pullRequest?.headSha).toBe('merged into'),
  );
  await merge(321);
  await eventually(async () => expect(world.calls).toContain('retarget #323 main'));
  await merge(323);
  expect((await run.result()).merged.sort()).toEqual([321, 322, 323]);
  expect(world.calls.filter((call) => /^restack #32[23]/.test(call))).toEqual([
    'restack #323 issue-322→main',
  ]);
});

test.each(['main', 'the branch below'])(
  'a stack that a person merges at once, each into %s, moves nothing, in whatever order that is told',
  async (base) => {
    const { world } = environment;
    const first = base === 'main' ? 361 : 371;
    const stack = [first, first + 1, first + 2];
    const run = await start(`at-once-${first}`, [
      { issue: first },
      { issue: first + 1, after: [first] },
      { issue: first + 2, after: [first + 1] },
    ]);
    await eventually(async () =>
      expect(Object.values(await statuses(run))).toEqual(Array(3).fill('complete')),
    );
    for (const issue of stack) {
      const into = base === 'main' || issue === first ? 'main' : `issue-${issue - 1}`;
      world.ended.set(issue, world.merged(issue, into));
    }
    // As the watcher: whoever has looked by itself by then has ended.
    const tell = (issue: number) =>
      session(issue)
        .signal(reportPullRequestSignal, world.ended.get(issue) ?? world.merged(issue))
        .catch(unlessEnded);
    await tell(first);
    // The one above hears of it from its run, and looks before it moves.
    await session(first + 1).result();
    await tell(first + 2);
    expect((await run.result()).merged.sort()).toEqual(stack);
    const doings = world.calls.filter((call) => stack.some((issue) => call.includes(` #${issue}`)));
    expect(doings.filter((call) => /^(restack|retarget|takeUp)/.test(call))).toEqual([]);
    for (const call of ['publish', 'removeWorktree'])
      expect(doings.filter((doing) => doing.startsWith(`${call} `))).toHaveLength(3);
  },
);

test.each([
  ['while it waits for an answer', 381],
  ['while the question is being told', 391],
])(
  'a session that asks about a conflict ends when a person merges its pull request %s',
  async (when, below) => {
    const { world } = environment;
    const above = below + 1;
    const run = await start(`meanwhile-${below}`, [
      { issue: below },
      { issue: above, after: [below] },
    ]);
    await eventually(async () =>
      expect(Object.values(await statuses(run))).toEqual(Array(2).fill('complete')),
    );
    world.failures.set(`restack #${above}`, [new CoppiceError('RebaseConflict', 'a.txt')]);
    const waits = when.includes('answer');
    const asked = Promise.withResolvers<void>();
    world.onNotice = async (title) => {
      if (title !== `#${above} is stuck`) return;
      if (!waits) await merge(above);
      asked.resolve();
    };
    await merge(below);
    await asked.promise;
    world.onNotice = () => undefined;
    if (waits) {
      const activity = async () => (await session(above).query(statusQuery)).activity;
      await eventually(async () => expect(await activity()).toBe('waits for guidance'));
      await merge(above);
    }
    expect((await run.result()).merged.sort()).toEqual([below, above]);
  },
);

test('a fix in the middle of a stack moves what is above it, and nothing else', async () => {
  const { world } = environment;
  const run = await start('middle', [
    { issue: 331 },
    { issue: 332, after: [331] },
    { issue: 333, after: [332] },
    { issue: 334, after: [333] },
    { issue: 335, after: [331] },
  ]);
  await eventually(async () =>
    expect(Object.values(await statuses(run))).toEqual(Array(5).fill('complete')),
  );
  const push = (issue: number, headSha: string) =>
    session(issue).signal(
      reportPullRequestSignal,
      world.pullRequest(issue, { headSha, base: 'issue-331' }),
    );
  await push(332, 'fix');
  await eventually(async () => expect(world.calls).toContain('restack #333 issue-332→issue-332'));
  await push(333, 'moved along');
  await eventually(async () => expect(world.calls).toContain('restack #334 issue-333→issue-333'));
  await eventually(async () => expect((await statuses(run))[334]).toBe('complete'));
  expect(world.calls.filter((call) => /^restack #33\d/.test(call))).toHaveLength(2);
  for (const issue of [331, 332, 333, 334, 335]) await merge(issue);
  await run.result();
});

test('a dependency that ended cancelled can be run again, and its dependents go on top of it', async () => {
  const { world } = environment;
  world.script(341, { kind: 'stuck', decision: 'which?', options: [], context: '' });
  const run = await start('again', [
    { issue: 341 },
    { issue: 342, after: [341] },
    { issue: 343 },
    { issue: 344, after: [343] },
  ]);
  await eventually(async () =>
    expect(await statuses(run)).toEqual({ 341: 'stuck', 343: 'complete', 344: 'complete' }),
  );
  await session(341).cancel();
  await session(343).cancel();
  await eventually(async () =>
    expect(await statuses(run)).toEqual({
      ...{ 341: 'cancelled', 342: 'stuck', 343: 'cancelled', 344: 'stuck' },
    }),
  );
  const { stuck } = await session(342).query(detailQuery);
  expect(stuck?.options.map(({ label, effect = 'answer' }) => `${effect}: ${label}`)).toEqual([
    'answer: start',
    'wait: wait: coppice add 341 runs it again',
    'cancel: cancel the session',
  ]);
  await run.executeUpdate(addUpdate, { args: [{ issue: 341 }] });
  await run.executeUpdate(addUpdate, { args: [{ issue: 343 }] });
  await eventually(async () =>
    expect(Object.values(await statuses(run))).toEqual(Array(4).fill('complete')),
  );
  expect(world.calls).toContain('createWorktree #342 issue-341');
  expect(world.calls).toContain('restack #344 issue-343→issue-343');
  for (const issue of [341, 343]) await merge(issue);
  await eventually(async () => expect(world.calls).toContain('retarget #344 main'));
  for (const issue of [342, 344]) await merge(issue);
  expect((await run.result()).merged.sort()).toEqual([341, 342, 343, 344]);
});

test('a stack is registered with GitHub as it grows, until the repository says it has none', async () => {
  const { world } = environment;
  const gate = Promise.withResolvers<{ kind: 'done'; summary: string }>();
  world.script(353, gate.promise);
  const issues = [{ issue: 351 }, { issue: 352, after: [351] }, { issue: 353, after: [352] }];
  const run = await start('native', issues, 5, { githubStacks: true });
  const registered = () => world.calls.filter((call) => /^registerStack 135/.test(call));
  await eventually(async () => expect(registered()).toEqual(['registerStack 1351 1352']));
  gate.resolve({ kind: 'done', summary: 'done' });
  await eventually(async () =>
    expect(registered()).toEqual(['registerStack 1351 1352', 'registerStack 1351 1352 1353']),
  );
  world.hasStacks = false;
  await merge(351);
  await eventually(async () => expect(registered()).toContain('registerStack 1352 1353'));
  await merge(352);
  await eventually(async () => expect(world.calls).toContain('retarget #353 main'));
  await merge(353);
  await run.result();
  world.hasStacks = true;
  expect(registered()).toHaveLength(3);
  // No other run asked for it.
  expect(world.calls.filter((call) => call.startsWith('registerStack'))).toEqual(registered());
});
