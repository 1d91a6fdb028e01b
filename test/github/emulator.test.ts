import { setImmediate as nextTurnOfTheLoop } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { git } from '../support/github-emulator/git.ts';
import { type EmulatedRepository, exclusively } from '../support/github-emulator/state.ts';
import { ACME, commitFile, type Fixture, githubFixture, TOKEN } from '../support/github-fixture.ts';

function caller({ emulator }: Fixture) {
  return async (method: string, path: string, body?: unknown, headers = {}) => {
    const response = await fetch(`${emulator.apiUrl}/repos/acme/app${path}`, {
      ...{ method, ...(body !== undefined && { body: JSON.stringify(body) }) },
      headers: { authorization: `Bearer ${TOKEN}`, ...headers },
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text && JSON.parse(text),
    };
  };
}

const open = async (fixture: Fixture, head: string, base = 'main', body = '') =>
  (await caller(fixture)('POST', '/pulls', { head, base, title: `Work on ${head}`, body })).body
    .number as number;

const subjects = ({ emulator }: Fixture, branch = 'main') =>
  git(emulator.directory(ACME), 'log', '--topo-order', '--format=%s', branch);

test('a second pull request of the same head is refused as GitHub refuses it', async () => {
  const fixture = await githubFixture();
  await fixture.pushBranch('issue-1');
  await open(fixture, 'issue-1');
  const again = await caller(fixture)('POST', '/pulls', {
    ...{ head: 'acme:issue-1', base: 'main', title: 'Again' },
  });
  expect(again).toMatchObject({
    status: 422,
    body: {
      message: 'Validation Failed',
      errors: [
        {
          ...{ resource: 'PullRequest', code: 'custom' },
          message: 'A pull request already exists for acme:issue-1.',
        },
      ],
    },
  });
});

test('issues and pull requests share their numbers', async () => {
  const fixture = await githubFixture();
  expect(fixture.emulator.addIssue(ACME, { number: 123, title: 'A' })).toBe(123);
  await fixture.pushBranch('issue-123');
  expect(await open(fixture, 'issue-123')).toBe(124);
  expect(fixture.emulator.addIssue(ACME, { title: 'B' })).toBe(125);
  expect((await caller(fixture)('GET', '/issues/124')).body.pull_request.url).toContain('/pulls/');
  expect((await caller(fixture)('GET', '/issues/126')).status).toBe(404);
});

test('lists come in pages that link to each other', async () => {
  const fixture = await githubFixture();
  for (let n = 1; n <= 5; n += 1) fixture.emulator.addIssue(ACME, { title: `Issue ${n}` });
  const { body, headers } = await caller(fixture)('GET', '/issues?per_page=2&page=2');
  expect(body.map(({ number }: { number: number }) => number)).toEqual([3, 2]);
  const link = headers.get('link');
  for (const part of ['page=1>; rel="prev"', 'page=3>; rel="next"', 'page=3>; rel="last"'])
    expect(link).toContain(part);
});

test('pull requests are listed by head, base and state', async () => {
  const fixture = await githubFixture();
  await fixture.pushBranch('one');
  await fixture.pushBranch('two', { from: 'one' });
  await open(fixture, 'one');
  await open(fixture, 'two', 'one');
  const call = caller(fixture);
  const found = async (query: string) =>
    (await call('GET', `/pulls?${query}`)).body.map(({ number }: { number: number }) => number);
  expect(await found('head=acme:two')).toEqual([2]);
  expect(await found('base=main')).toEqual([1]);
  fixture.emulator.closePullRequest(ACME, 1);
  expect(await found('state=open')).toEqual([2]);
  expect(await found('state=all')).toEqual([2, 1]);
});

test('what has not changed costs nothing', async () => {
  const fixture = await githubFixture();
  const call = caller(fixture);
  const first = await call('GET', '');
  const etag = first.headers.get('etag') ?? '';
  const again = await call('GET', '', undefined, { 'if-none-match': etag });
  expect(again.status).toBe(304);
  expect(again.headers.get('x-ratelimit-remaining')).toBe(
    first.headers.get('x-ratelimit-remaining'),
  );
});

test('a merge closes the issue, deletes the branch and points dependents at the base', async () => {
  const fixture = await githubFixture();
  const { emulator } = fixture;
  const issue = emulator.addIssue(ACME, { title: 'One' });
  await fixture.pushBranch('one');
  await fixture.pushBranch('two', { from: 'one' });
  const one = await open(fixture, 'one', 'main', `Closes #${issue}`);
  const two = await open(fixture, 'two', 'one');
  await emulator.mergePullRequest(ACME, one);
  expect(emulator.issues(ACME)[0]?.state).toBe('closed');
  expect((await caller(fixture)('GET', '/git/ref/heads/one')).status).toBe(404);
  expect((await caller(fixture)('GET', `/pulls/${one}`)).body).toMatchObject({
    ...{ state: 'closed', merged: true },
  });
  expect((await caller(fixture)('GET', `/pulls/${two}`)).body).toMatchObject({
    ...{ state: 'open', base: { ref: 'main' } },
  });
});

test('a pull request whose base is deleted by hand is closed, as on GitHub', async () => {
  const fixture = await githubFixture();
  await fixture.pushBranch('one');
  await fixture.pushBranch('two', { from: 'one' });
  const two = await open(fixture, 'two', 'one');
  await git(fixture.clone, 'push', '--quiet', 'origin', '--delete', 'one');
  expect((await caller(fixture)('GET', `/pulls/${two}`)).body).toMatchObject({ state: 'closed' });
});

test.each([
  ['merge', 'Merge pull request #1 from acme/one\nAdd more.txt\nAdd one.txt\nAdd README.md'],
  ['squash', 'Work on one (#1)\nAdd README.md'],
  ['rebase', 'Add more.txt\nAdd one.txt\nAdd README.md'],
] as const)('%s leaves the history that button leaves', async (merge_method, history) => {
  const fixture = await githubFixture();
  await fixture.pushBranch('one');
  await fixture.pushBranch('one', { from: 'one', file: 'more.txt' });
  await open(fixture, 'one');
  const merged = await caller(fixture)('PUT', '/pulls/1/merge', { merge_method });
  expect(merged).toMatchObject({ status: 200, body: { merged: true } });
  expect(await subjects(fixture)).toBe(history);
  const files = await git(fixture.emulator.directory(ACME), 'ls-tree', '--name-only', 'main');
  expect(files.split('\n')).toEqual(['README.md', 'more.txt', 'one.txt']);
});

test.each(['merge', 'squash', 'rebase'] as const)(
  'a conflict can not be merged by %s and leaves everything as it was',
  async (method) => {
    const fixture = await githubFixture();
    const { emulator, clone } = fixture;
    await fixture.pushBranch('one');
    await open(fixture, 'one');
    await git(clone, 'checkout', '--quiet', '-B', 'main', 'origin/main');
    await commitFile(clone, 'one.txt', 'something else');
    await git(clone, 'push', '--quiet', 'origin', 'main');
    await expect(emulator.mergePullRequest(ACME, 1, method)).rejects.toThrow('not mergeable');
    expect(emulator.pullRequests(ACME)[0]?.state).toBe('open');
    expect(await git(emulator.directory(ACME), 'worktree', 'list')).not.toContain('detached');
  },
);

test('a fault meets only the requests it is for, and as many as it says', async () => {
  const fixture = await githubFixture();
  const call = caller(fixture);
  fixture.emulator.failNext({ method: 'GET', path: /pulls$/, status: 503, times: 2 });
  fixture.emulator.failNext({ path: /issues$/, status: 'reset' });
  expect((await call('GET', '')).status).toBe(200);
  expect((await call('GET', '/pulls')).status).toBe(503);
  expect((await call('GET', '/pulls')).status).toBe(503);
  expect((await call('GET', '/pulls')).status).toBe(200);
  await expect(call('GET', '/issues')).rejects.toThrow();
  expect((await call('GET', '/issues')).status).toBe(200);
  expect(fixture.emulator.requests.filter(({ path }) => path.endsWith('/issues'))).toMatchObject([
    { status: undefined },
    { status: 200 },
  ]);
});

test('changes of one repository happen one after the other, whatever becomes of them', async () => {
  const repository = {} as EmulatedRepository;
  const events: string[] = [];
  const change = (name: string, failure?: Error) => async () => {
    events.push(`${name} begins`);
    await nextTurnOfTheLoop();
    events.push(`${name} ends`);
    if (failure) throw failure;
  };
  await Promise.allSettled([
    exclusively(repository, change('one', new Error('refused'))),
    exclusively(repository, change('two')),
  ]);
  expect(events).toEqual(['one begins', 'one ends', 'two begins', 'two ends']);
});
