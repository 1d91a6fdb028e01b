import { expect, test } from 'vitest';
import { CoppiceError, type FailureType } from '../../../../src/domain/shared/failure.ts';
import {
  detailQuery,
  guidanceSignal,
  reportPullRequestSignal,
  statusQuery,
} from '../../../../src/workflows/messages.ts';
import { eventually } from '../../../support/eventually.ts';
import { environmentOfTests, startSession, until } from '../../../support/workflow-session.ts';

const environment = await environmentOfTests();

let last = 600;

/** A session; `calls` are those since it began to wait for review. */
async function reviewed() {
  const issue = ++last;
  const { world } = environment;
  const handle = await startSession(environment, issue);
  await until(handle, 'complete');
  const all = () =>
    world.calls
      .filter((call) => call.includes(` #${issue}`))
      .map((call) => call.replace(` #${issue}`, ''));
  const before = all().length;
  const fail = (step: string, ...types: FailureType[]) =>
    world.failures.set(
      `${step} #${issue}`,
      types.map((type) => new CoppiceError(type, `${type}: a.txt`)),
    );
  const published = (times: number) =>
    eventually(() =>
      expect(all().filter((call) => call.startsWith('publish'))).toHaveLength(times),
    );
  const turn = () => world.turnInputs.filter(({ location }) => location.issue === issue).at(-1);
  const words = () => turn()?.context;
  const told = () => turn()?.guidance;
  const finish = async () => {
    await until(handle, 'complete');
    await handle.signal(reportPullRequestSignal, world.merged(issue));
    await handle.result();
  };
  return {
    issue,
    handle,
    world,
    fail,
    published,
    words,
    told,
    finish,
    calls: () => all().slice(before),
  };
}

test('what others pushed is in the worktree before the next turn, which is told of it', async () => {
  const { issue, handle, world, calls, published, words, told, finish } = await reviewed();
  world.pushedByOthers.set(issue, 2);
  await handle.signal(guidanceSignal, 'rename it');
  await published(2);
  expect(calls().slice(0, 3)).toEqual([
    'integrateRemoteCommits turn',
    'runTurn guidance',
    'publish main',
  ]);
  expect(words()).toBe(
    'Others pushed 2 commits to your branch meanwhile; they are in your worktree: build on them.',
  );
  expect(told()).toBe('rename it');
  await finish();
});

test('a push that others were quicker with is made again on top of theirs', async () => {
  const { issue, handle, world, fail, calls, published, finish } = await reviewed();
  const gate = Promise.withResolvers<{ kind: 'done'; summary: string }>();
  world.script(issue, gate.promise);
  fail('publish', 'BranchMoved', 'BranchMoved');
  await handle.signal(guidanceSignal, 'rename it');
  await eventually(() => expect(calls()).toContain('runTurn guidance'));
  world.pushedByOthers.set(issue, 1);
  gate.resolve({ kind: 'done', summary: 'renamed' });
  await published(2);
  expect(calls().slice(0, 3)).toEqual([
    'runTurn guidance',
    'integrateRemoteCommits push',
    'publish main',
  ]);
  await finish();
});

test('a branch that others push to again and again is a question', async () => {
  const { handle, fail, published, finish } = await reviewed();
  fail('publish', 'BranchMoved', 'BranchMoved', 'BranchMoved', 'BranchMoved');
  await handle.signal(guidanceSignal, 'rename it');
  await until(handle, 'stuck');
  expect((await handle.query(statusQuery)).stuckReason).toContain('BranchMoved');
  await handle.signal(guidanceSignal, 'they have stopped');
  await published(2);
  await finish();
});

test('a conflict with what others pushed is asked about and resolved like any other', async () => {
  const { issue, handle, world, fail, calls, published, words, told, finish } = await reviewed();
  fail('integrateRemoteCommits', 'RebaseConflict', 'NotResolved');
  world.script(issue, { kind: 'stuck', decision: 'whose name?', options: [], context: '' });
  await handle.signal(guidanceSignal, 'rename it');
  await until(handle, 'stuck');
  expect((await handle.query(detailQuery)).stuck?.options.map(({ effect }) => effect)).toEqual([
    'attempt',
    'resolved',
    'cancel',
  ]);
  await handle.signal(guidanceSignal, 'keep theirs');
  await eventually(async () =>
    expect((await handle.query(statusQuery)).stuckReason).toBe('whose name?'),
  );
  await handle.signal(guidanceSignal, 'the shorter one');
  await eventually(async () =>
    expect((await handle.query(statusQuery)).stuckReason).toContain('NotResolved'),
  );
  expect(words()).toBe('RebaseConflict: a.txt\n\nkeep theirs\n\nthe shorter one');
  await handle.signal(guidanceSignal, { action: 'resolved' });
  await published(2);
  expect(calls().slice(0, 5)).toEqual([
    'runTurn resolve',
    'runTurn resolve',
    'integrateRemoteCommits resolved',
    'runTurn guidance',
    'publish main',
  ]);
  expect(told()).toBe('rename it');
  await finish();
});
