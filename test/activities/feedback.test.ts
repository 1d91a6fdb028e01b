import { expect, test, vi } from 'vitest';
import { createFeedbackActivities, type FeedbackPorts } from '../../src/activities/feedback.ts';
import { createSafeText } from '../../src/activities/safe-text.ts';
import { type FeedbackItem, versionOf } from '../../src/domain/pull-request/feedback.ts';
import { CoppiceError } from '../../src/domain/shared/failure.ts';
import { RepositoryName } from '../../src/domain/shared/repository.ts';
import { aCheck } from '../support/checks.ts';
import { PLACELESS } from '../support/feedback.ts';

const location = {
  ...{ repository: RepositoryName.parse('acme/app'), issue: 124, hostId: 'h', remote: 'origin' },
  ...{ checkout: '/nowhere/app', worktree: '/nowhere/app-issue-124', branch: 'issue-124' },
};
const base = { branch: 'main', tip: 'tip' };

/** What examining the checks of a head finds, when the logs say `excerpt`. */
function examine(
  excerpt: string,
  change = 'change',
  headSha = 'ours',
  {
    anyway = false,
    there = [aCheck('flaky')],
    known = ['ci flaky'],
    before = {} as Record<string, ReturnType<typeof aCheck>[]>,
  } = {},
) {
  const github: Partial<FeedbackPorts['github']> = {
    checksOn: async (_, ref) => (ref === 'main' ? there : (before[ref] ?? [])),
    isUpdateOf: async (_, commit) => commit === 'updated',
    examineCheck: async (_, { name, url }) => ({ name, url, excerpt }),
  };
  const activities = createFeedbackActivities({
    github: github as FeedbackPorts['github'],
    words: createSafeText([]),
    branchTip: async () => 'ours',
    patchId: async () => change,
  });
  const checks = [aCheck('flaky'), aCheck('unit')];
  return activities.examineChecks({ location, base, headSha, checks, known, anyway });
}

test('what fails on the base branch too is told apart', async () => {
  expect(await examine('boom')).toMatchObject({
    theirs: false,
    onBase: [{ name: 'flaky' }],
    mended: [],
    failures: [{ name: 'unit', excerpt: 'boom' }],
  });
});

test('what has the same name in another app or workflow is another check', async () => {
  const there = [aCheck('flaky', 'failed', { id: 'netlify flaky' })];
  expect(await examine('boom', 'change', 'ours', { there })).toMatchObject({
    onBase: [],
    failures: [{ name: 'flaky' }, { name: 'unit' }],
  });
});

test('what fails for one event on the base, and passes for another, fails there', async () => {
  const there = [aCheck('flaky'), aCheck('flaky', 'passed', { runAttempt: 'of a merge queue' })];
  for (const both of [there, there.toReversed()])
    expect(await examine('boom', 'change', 'ours', { there: both })).toMatchObject({
      onBase: [{ name: 'flaky' }],
      mended: [],
    });
});

test('what failed on the base is mended once it passes there, not while it is run again', async () => {
  const again = [aCheck('flaky', 'pending')];
  expect(await examine('boom', 'change', 'ours', { there: again })).toMatchObject({
    onBase: [{ name: 'flaky' }],
    mended: [],
  });
  const passed = [aCheck('flaky', 'passed')];
  expect(await examine('boom', 'change', 'ours', { there: passed })).toMatchObject({
    onBase: [],
    mended: ['ci flaky'],
  });
});

test('while a check is pending on the base, its result on the commits before counts', async () => {
  const examined = (there: ReturnType<typeof aCheck>[], before = {}) =>
    examine('boom', 'change', 'ours', { there, known: [], before });
  const pending = [aCheck('flaky', 'pending'), aCheck('lint', 'passed')];
  const failed = { 'main~1': pending, 'main~2': [aCheck('flaky')] };
  const onBase = { onBase: [{ name: 'flaky' }], mended: [], failures: [{ name: 'unit' }] };
  expect(await examined(pending, failed)).toMatchObject(onBase);
  // None of the checks of the last commit has begun.
  expect(await examined([], failed)).toMatchObject(onBase);
  const own = { onBase: [], failures: [{ name: 'flaky' }, { name: 'unit' }] };
  const passed = { 'main~1': [aCheck('flaky', 'passed')], 'main~2': [aCheck('flaky')] };
  expect(await examined(pending, passed)).toMatchObject(own);
  expect(await examined(pending, { 'main~4': [aCheck('flaky')] })).toMatchObject(own);
  expect(await examined([aCheck('flaky', 'passed')], failed)).toMatchObject(own);
});

test('what was taken back, or committed as suggested, is gone; what was edited is told', async () => {
  const said = (id: string, more: Partial<FeedbackItem> = {}): FeedbackItem => ({
    ...{ id, node: id, kind: 'thread', onIssue: false, author: 'ann', bot: false, mayWrite: true },
    ...{ text: 'x', url: 'u', at: '', ...PLACELESS, ...more },
  });
  const suggested = {
    ...{ text: '```suggestion\nlet a;\n```', path: 'a.ts', line: 1, outdated: true },
  };
  const edited = said('reply:3', { text: 'y', edited: '2026-01-08T12:00:00Z' });
  const github: Partial<FeedbackPorts['github']> = {
    readFeedback: async () => [
      ...[said('reply:1'), said('reply:2', suggested), edited],
      said('comment:5', { text: '/coppice resume\nRename it' }),
    ],
    textOf: async () => 'let a;\n',
  };
  const { rereadFeedback } = createFeedbackActivities({
    github: github as FeedbackPorts['github'],
    words: createSafeText([]),
    branchTip: async () => 'ours',
    patchId: async () => 'change',
  });
  const waiting = [
    ...[said('reply:1'), said('reply:2', suggested), said('reply:3'), said('reply:4')],
    // What waits of a comment with a command is the rest.
    said('comment:5', { text: 'Rename it' }),
  ];
  const items = waiting.map((item) => ({ id: item.id, version: versionOf(item) }));
  expect(await rereadFeedback({ location, pullRequest: 1, items })).toEqual({
    ...{ gone: ['reply:2', 'reply:4'], edited: [edited] },
  });
});

/** Activities for a branch that requires two checks, of which those named are reported. @param ready what was made ready */
const requiringTwo = (reported: readonly string[], ready: number[], refusal?: CoppiceError) => {
  const github: Partial<FeedbackPorts['github']> = {
    async requiredChecks() {
      if (refusal) throw refusal;
      return ['unit', 'e2e'].map((name) => ({ name, app: null }));
    },
    checksOn: async () => reported.map((name) => aCheck(name, 'passed')),
    markReady: async (_, pullRequest) => void ready.push(pullRequest),
  };
  return createFeedbackActivities({
    github: github as FeedbackPorts['github'],
    words: createSafeText([]),
    branchTip: async () => 'ours',
    patchId: async () => 'change',
  });
};

test('a required check that nobody reported is missing', async () => {
  const { missingChecks } = requiringTwo(['unit'], []);
  expect(await missingChecks({ location, base: 'main', headSha: 'ours' })).toEqual(['e2e']);
});

test('a required check that another app reported is missing', async () => {
  const github: Partial<FeedbackPorts['github']> = {
    requiredChecks: async () => [
      { name: 'unit', app: 15 },
      { name: 'scan', app: 77 },
      { name: 'scan', app: 78 },
    ],
    checksOn: async () => [
      { ...aCheck('unit', 'passed'), app: 15 },
      { ...aCheck('scan', 'passed'), app: 15 },
    ],
  };
  const { missingChecks } = createFeedbackActivities({
    github: github as FeedbackPorts['github'],
    words: createSafeText([]),
    branchTip: async () => 'ours',
    patchId: async () => 'change',
  });
  expect(await missingChecks({ location, base: 'main', headSha: 'ours' })).toEqual(['scan']);
});

test('a pull request is made ready once the required checks are reported, or when GitHub does not tell them', async () => {
  const ready: number[] = [];
  const input = { location, pullRequest: 7, draft: true, reviewers: [] };
  const required = { base: 'main', headSha: 'ours' };
  const missing = requiringTwo(['unit'], ready);
  expect(await missing.makeReady({ ...input, required })).toEqual({ missing: ['e2e'] });
  expect(ready).toEqual([]);
  expect(await missing.makeReady(input)).toEqual({ missing: [] });
  expect(ready).toEqual([7]);
  const all = requiringTwo(['unit', 'e2e'], ready);
  expect(await all.makeReady({ ...input, required })).toEqual({ missing: [] });
  const refused = requiringTwo([], ready, new CoppiceError('Unauthorized', 'no access'));
  expect(await refused.makeReady({ ...input, required })).toEqual({ missing: [] });
  expect(ready).toEqual([7, 7, 7]);
});

test('a head that is not the session’s own is somebody else’s', async () => {
  expect(await examine('boom', 'change', 'foreign')).toMatchObject({ theirs: true, failures: [] });
  expect(await examine('boom', 'change', 'foreign', { anyway: true })).toMatchObject({
    theirs: false,
    failures: [{ name: 'unit' }],
  });
});

test('“Update branch” by its button is nobody’s repair', async () => {
  expect(await examine('boom', 'change', 'updated')).toMatchObject({
    theirs: false,
    failures: [{ name: 'unit' }],
  });
});

test('the same failure of the same change has the same key, whatever the times and places', async () => {
  const one = '✖ toggles (1.2ms)\n  at /tmp/ci-34Ia6l/a.js:12:10\n  expected /Light mode/';
  const again = one.replace('1.2ms', '17ms').replace('34Ia6l', 'x9Zz').replace('12:10', '14:2');
  const { key } = await examine(one);
  expect((await examine(again)).key).toBe(key);
  expect((await examine(one.replace('Light', 'Dark'))).key).not.toBe(key);
  expect((await examine(one, 'another change')).key).not.toBe(key);
});

test('a reply has a marker for each point that it answers, in the version that the agent had', async () => {
  const reply = vi.fn<FeedbackPorts['github']['reply']>(async () => true);
  const activities = createFeedbackActivities({
    github: { reply } as Partial<FeedbackPorts['github']> as FeedbackPorts['github'],
    words: createSafeText([]),
    branchTip: async () => 'ours',
    patchId: async () => 'change',
  });
  const item: FeedbackItem = {
    ...{ id: 'reply:2', node: 'n', kind: 'thread', onIssue: false, author: 'ann', bot: false },
    ...{ mayWrite: true, text: 'x', url: 'u', at: '', ...PLACELESS, thread: 'T' },
  };
  const others = [{ id: 'reply:1', edited: '2026-01-08T10:00:00Z' }];
  await activities.reply({ location, pullRequest: 7, item, others, text: 'Done', commit: null });
  expect(reply.mock.calls[0]?.[2]).toMatchObject({
    marker: 'reply to reply:2@unedited',
    others: ['reply to reply:1@2026-01-08T10:00:00Z'],
  });
});
