import { expect, onTestFinished, test, vi } from 'vitest';
import { CoppiceError } from '../../src/domain/shared/failure.ts';
import { createGitHub } from '../../src/github/api/client.ts';
import { createWatcher, type WatcherOptions } from '../../src/github/watcher/watcher.ts';
import { registerWatch } from '../../src/github/watcher/watches.ts';
import { coppiceHome } from '../../src/state/home.ts';
import { eventually } from '../support/eventually.ts';
import type { Fault } from '../support/github-emulator/faults.ts';
import { ACME, connect, type Fixture, githubFixture, TOKEN } from '../support/github-fixture.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** How GitHub, or what lies between, answers badly for a while. */
const FAULTS: Readonly<Record<string, Pick<Fault, 'status' | 'body'>>> = {
  'a server error': { status: 500 },
  'a gateway that gives up, with a page': { status: 502, body: '<html>Unicorn!</html>' },
  'a connection that is reset': { status: 'reset' },
  'a connection that is reset in mid-body': { status: 'truncate' },
  'a page instead of JSON': { status: 200, body: '<html>Please log in</html>' },
  'an empty answer': { status: 200, body: '' },
  'a query that is given up': {
    status: 200,
    body: { data: null, errors: [{ message: 'Something went wrong while executing your query.' }] },
  },
  'JSON of another shape': { status: 200, body: { data: { repository: { issue1: 7 } } } },
};

/** A watcher of one pull request on which alice has said something. */
async function watched(fixture: Fixture, timeout?: number) {
  const { emulator } = fixture;
  const { issue, pullRequest } = await fixture.openPull();
  emulator.comment(ACME, pullRequest, { author: 'alice', body: 'Rename it' });
  const home = coppiceHome({ COPPICE_HOME: temporaryDirectory('faults') });
  const deliver = vi.fn<WatcherOptions['deliver']>(async () => 'delivered');
  const lines: string[] = [];
  const github = createGitHub({
    ...{ apiUrl: emulator.apiUrl, tokens: async () => TOKEN, home },
    ...(timeout !== undefined && { timeout }),
  });
  const watcher = createWatcher({
    ...{ home, github, interval: 0.05, deliver, log: (line) => lines.push(line) },
  });
  onTestFinished(() => watcher.stop());
  await registerWatch(home, {
    ...{ workflowId: 'session', repository: ACME, issue, pullRequest },
  });
  watcher.start();
  const isWell = () =>
    eventually(() => expect(lines.at(-1)).toBe('Pull requests are watched again'));
  return { deliver, lines, isWell };
}

// Each request is tried twice: three bad answers fail one round, and are over in the next.
for (const [name, fault] of Object.entries(FAULTS)) {
  test(`${name} is waited out: the session hears everything, once`, async () => {
    const fixture = await githubFixture();
    fixture.emulator.failNext({ path: /graphql/, times: 3, ...fault });
    const { deliver, isWell } = await watched(fixture);
    await isWell();
    expect(deliver).toHaveBeenCalledTimes(1);
    expect(deliver.mock.lastCall?.[1].feedback).toMatchObject([{ text: 'Rename it' }]);
  });

  test(`${name} amid reading what was said is waited out too`, async () => {
    const fixture = await githubFixture();
    fixture.emulator.failNext({ path: /graphql/, skip: 2, times: 3, ...fault });
    const { deliver, isWell } = await watched(fixture);
    await isWell();
    expect(deliver).toHaveBeenCalledTimes(1);
    expect(deliver.mock.lastCall?.[1].feedback).toMatchObject([{ text: 'Rename it' }]);
  });
}

// JSON of another shape is none of them: that is no hiccup.
const HICCUPS = Object.entries(FAULTS).filter(([name]) => !name.startsWith('JSON'));

test.each(HICCUPS)('%s never makes a session stuck', async (_, fault) => {
  const fixture = await githubFixture();
  const { issue, pullRequest } = await fixture.openPull();
  fixture.emulator.failNext({ path: /./, times: 4, ...fault });
  const github = connect(fixture);
  const attempts = [
    () => github.readFeedback(ACME, { issue, pullRequest }),
    () => github.readIssue(ACME, issue),
    () => github.upsertComment(ACME, issue, { marker: 'm', text: 'Which?' }),
  ];
  for (const attempt of attempts) {
    const error = await attempt().catch((reason) => reason);
    // Failures of Coppice's own types are final; Temporal tries any other again.
    expect(error).not.toBeInstanceOf(CoppiceError);
  }
});

test('a request that is never answered is given up, and made again', async () => {
  const fixture = await githubFixture();
  // The second is octokit's own second try.
  const held = [1, 2].map(() => fixture.emulator.holdNext('POST', /graphql/));
  onTestFinished(() => held.forEach(({ release }) => void release()));
  const { deliver, isWell } = await watched(fixture, 2_000);
  await isWell();
  expect(deliver).toHaveBeenCalledTimes(1);
});

test('values that GitHub invents later are shown as they are, or left out, never an error', async () => {
  const fixture = await githubFixture();
  const { issue, pullRequest, headSha } = await fixture.openPull();
  const count = { totalCount: 0 };
  const run = {
    ...{ __typename: 'CheckRun', databaseId: 1, name: 'unit', detailsUrl: null },
    status: 'ENTANGLED',
  };
  const suite = {
    startedAt: null,
    checkSuite: { status: 'ENTANGLED', app: null, workflowRun: null },
  };
  const rollup = {
    pageInfo: { hasNextPage: false, endCursor: null },
    nodes: [
      { ...run, ...suite, conclusion: 'EXPLODED' },
      { __typename: 'QuantumCheck', name: 'both' },
      null,
    ],
  };
  fixture.emulator.failNext({
    ...{ path: /graphql/, status: 200 },
    body: {
      data: {
        rateLimit: null,
        repository: {
          [`issue${issue}`]: {
            ...{ state: 'FROZEN', title: 'One', body: '', updatedAt: 'x', comments: count },
          },
          [`pull${pullRequest}`]: {
            ...{ number: pullRequest, url: 'u', state: 'QUEUED', merged: false, isDraft: false },
            ...{ headRefOid: headSha, baseRefName: 'main', mergeable: 'PERHAPS', updatedAt: 'x' },
            ...{ comments: count, reviews: null, reviewThreads: count },
            headRef: { target: { oid: headSha, statusCheckRollup: { contexts: rollup } } },
            ...{ baseRef: null, latestOpinionatedReviews: null },
          },
        },
      },
    },
  });
  const { polls, rateLimit } = await connect(fixture).readPolls(ACME, [{ issue, pullRequest }]);
  expect(rateLimit).toBeNull();
  expect(polls).toMatchObject([
    {
      issue: { state: 'open' },
      pullRequest: {
        mergeable: 'unknown',
        checks: { total: 1, pending: 0, notPassed: [{ name: 'unit', result: 'other' }] },
      },
    },
  ]);
});

test('one that GitHub fails to read costs itself alone; when it fails to read all, or to answer, that is its failure', async () => {
  const fixture = await githubFixture();
  const count = { totalCount: 0 };
  const issue1 = { state: 'OPEN', title: 'One', body: '', updatedAt: 'x', comments: count };
  const watched = [1, 2, 3].map((issue) => ({ issue, pullRequest: null }));
  const wrong = (issue: number, more: object = {}) => ({
    ...{ message: 'Something went wrong', path: ['repository', `issue${issue}`, 'comments'] },
    ...more,
  });
  const answer = (repository: object, errors: readonly object[]) => {
    const body = { data: { rateLimit: null, repository }, errors };
    fixture.emulator.failNext({ path: /graphql/, status: 200, body });
    return connect(fixture).readPolls(ACME, watched);
  };
  const one = { issue1, issue2: null, issue3: null };
  const { polls, problems } = await answer(one, [wrong(2), wrong(3, { type: 'NOT_FOUND' })]);
  expect(polls).toMatchObject([{ issue: { title: 'One' } }, undefined, { issue: null }]);
  expect(problems).toEqual([expect.stringContaining('acme/app#2')]);

  const none = { issue1: null, issue2: null, issue3: null };
  const failed = { name: 'TransientError', message: expect.stringContaining('went wrong') };
  await expect(
    answer(
      none,
      [1, 2, 3].map((n) => wrong(n)),
    ),
  ).rejects.toMatchObject(failed);
  await expect(answer(one, [{ message: 'Something went wrong' }])).rejects.toMatchObject(failed);
});

test('a pull request whose answer has another shape costs itself alone', async () => {
  const fixture = await githubFixture();
  const count = { totalCount: 0 };
  const known = { state: 'OPEN', title: 'One', body: '', updatedAt: 'x', comments: count };
  fixture.emulator.failNext({
    ...{ path: /graphql/, status: 200 },
    body: {
      data: {
        rateLimit: null,
        repository: { issue1: known, pull11: { number: '11' }, issue2: known, issue3: null },
      },
    },
  });
  const { polls, problems } = await connect(fixture).readPolls(ACME, [
    { issue: 1, pullRequest: 11 },
    { issue: 2, pullRequest: null },
    { issue: 3, pullRequest: null },
    { issue: 4, pullRequest: null },
  ]);
  expect(polls).toMatchObject([undefined, { issue: { title: 'One' } }, { issue: null }, undefined]);
  expect(problems).toEqual([
    expect.stringMatching(
      /^acme\/app#1 with its pull request #11 can't be read: .* unexpected format/,
    ),
    expect.stringMatching(/^acme\/app#4 can't be read: .* unexpected format/),
  ]);
});

test('a pull request that GitHub fails to read costs itself alone', async () => {
  const fixture = await githubFixture();
  const { emulator } = fixture;
  const issues = [1, 2].map((n) => emulator.addIssue(ACME, { title: `Issue ${n}` }));
  const watched = issues.map((issue) => ({ issue, pullRequest: null }));
  const [good, bad] = issues;
  const snapshot = { state: 'OPEN', title: 'One', body: '', updatedAt: 'x' };
  emulator.failNext({
    ...{ path: /graphql/, status: 200 },
    body: {
      data: {
        rateLimit: null,
        repository: {
          [`issue${good}`]: { ...snapshot, comments: { totalCount: 0 } },
          [`issue${bad}`]: null,
        },
      },
      errors: [{ message: 'Something went wrong', path: ['repository', `issue${bad}`] }],
    },
  });
  const { polls, problems } = await connect(fixture).readPolls(ACME, watched);
  expect(polls).toMatchObject([{ issue: { title: 'One' } }, undefined]);
  expect(problems).toMatchObject([expect.stringContaining(`#${bad} can't be read`)]);
});

test('five hundred comments, and as many threads, are read to the last', async () => {
  const fixture = await githubFixture();
  const { emulator } = fixture;
  const { issue, pullRequest } = await fixture.openPull();
  for (let n = 0; n < 500; n += 1)
    emulator.comment(ACME, pullRequest, { author: n % 2 ? 'alice' : null, body: `comment ${n}` });
  emulator.review(ACME, pullRequest, {
    ...{ author: 'lint[bot]', state: 'COMMENTED' },
    comments: Array.from({ length: 250 }, (_, n) => ({ path: 'a', line: n + 1, body: `${n}` })),
  });
  const github = connect(fixture);
  const items = await github.readFeedback(ACME, { issue, pullRequest });
  expect(new Set(items.map(({ id }) => id)).size).toBe(750);
  const [last] = items.filter(({ text }) => text === 'comment 499');
  if (!last) throw new Error('the last comment is missing');
  // Its answer is found behind all of them.
  const answer = { item: last, marker: 'm', text: 'Done' };
  await github.reply(ACME, pullRequest, answer);
  await github.reply(ACME, pullRequest, answer);
  expect(emulator.comments(ACME, pullRequest)).toHaveLength(501);
});

test('three hundred checks are counted, and those that failed are found', async () => {
  const fixture = await githubFixture();
  const { emulator } = fixture;
  const { headSha, ...watch } = await fixture.openPull();
  for (let n = 0; n < 300; n += 1)
    emulator.check(ACME, headSha, {
      name: `check ${n}`,
      conclusion: n === 299 ? 'failure' : n === 150 ? null : 'success',
    });
  const github = connect(fixture);
  const { polls } = await github.readPolls(ACME, [watch]);
  expect(polls[0]?.pullRequest?.checks).toMatchObject({
    ...{ total: 300, pending: 1, notPassed: [{ name: 'check 299' }] },
  });
  const failed = (await github.checksOn(ACME, headSha)).filter(({ result }) => result === 'failed');
  expect(failed).toMatchObject([{ name: 'check 299' }]);
});

test('after a query that was too much for GitHub fewer are read at once, for a while', async () => {
  const fixture = await githubFixture();
  const { emulator } = fixture;
  const watched = Array.from({ length: 60 }, (_, n) => ({
    issue: emulator.addIssue(ACME, { title: `Issue ${n}` }),
    pullRequest: null,
  }));
  const github = connect(fixture);
  const queries = async () => {
    const before = emulator.requests.length;
    expect((await github.readPolls(ACME, watched)).polls).toHaveLength(60);
    return emulator.requests.length - before;
  };
  expect(await queries()).toBe(2);
  emulator.failNext({ path: /graphql/, status: 502, times: 2 });
  await expect(github.readPolls(ACME, watched)).rejects.toThrow('502');
  expect(await queries()).toBe(3); // 25, 30, 5
  expect(await queries()).toBe(2);
});

test('more than fifty pull requests are read in batches, each in its place', async () => {
  const fixture = await githubFixture();
  const issues = Array.from({ length: 120 }, (_, n) =>
    fixture.emulator.addIssue(ACME, { title: `Issue ${n}` }),
  );
  const { polls, rateLimit } = await connect(fixture).readPolls(
    ACME,
    issues.map((issue) => ({ issue, pullRequest: null })),
  );
  expect(polls.map((poll) => poll?.issue?.title)).toEqual(issues.map((_, n) => `Issue ${n}`));
  expect(rateLimit).toMatchObject({ cost: 3 });
});
