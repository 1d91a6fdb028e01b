import { expect, onTestFinished, test } from 'vitest';
import { startGitHubEmulator } from '../support/github-emulator/index.ts';
import { TOKEN } from '../support/github-fixture.ts';
import { temporaryDirectory } from '../support/temporary.ts';

interface Answer {
  readonly data?: { readonly rateLimit: { readonly cost: number } };
  readonly errors?: readonly { readonly message: string }[];
}

/** An emulator without a repository, to which queries GitHub would refuse are no mishap. */
async function emulated() {
  const emulator = await startGitHubEmulator({ root: temporaryDirectory(), token: TOKEN });
  onTestFinished(() => emulator.close());
  const query = async (text: string) => {
    const response = await fetch(`${emulator.apiUrl}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}` },
      body: JSON.stringify({ query: text }),
    });
    const body = (await response.json()) as Answer;
    return { status: response.status, headers: response.headers, body };
  };
  return { emulator, query };
}

test.each([
  ['a field it does not have', '{ rateLimit { remains } }', /Cannot query field "remains"/],
  [
    'a connection without a size',
    '{ viewer { repositories { nodes { name } } } }',
    /must provide a `first` or `last` value to `repositories`/,
  ],
  [
    'more than a page',
    '{ viewer { repositories(first: 101) { nodes { name } } } }',
    /`repositories` exceeds the limit of 100/,
  ],
  [
    'an argument it does not have',
    '{ repository(owner: "a", title: "b") { id } }',
    /Unknown argument "title"/,
  ],
])('%s is refused with status 200, and is caught', async (_, text, reason) => {
  const { emulator, query } = await emulated();
  const { status, body } = await query(text);
  expect(status).toBe(200);
  expect(body.data).toBeUndefined();
  expect(body.errors?.[0]?.message).toMatch(reason);
  expect(emulator.violations[0]).toMatch(reason);
});

test('what is not there is null beside an error of its kind', async () => {
  const { emulator, query } = await emulated();
  const { body } = await query('{ repository(owner: "a", name: "b") { id } }');
  expect(body).toMatchObject({ data: { repository: null }, errors: [{ type: 'NOT_FOUND' }] });
  expect(emulator.violations).toEqual([]);
});

test('a query costs what its connections cost, fragments and all, by the hundred', async () => {
  const { query } = await emulated();
  const text = `
    query { rateLimit { cost } repository(owner: "a", name: "b") { pullRequests(first: 100) { ...pull } } }
    fragment pull on PullRequestConnection { nodes { ...reviews comments(first: 1) { totalCount } } }
    fragment reviews on PullRequest { reviews(last: 1) { nodes { id } } }`;
  const { body, headers } = await query(text);
  // 1 for the pull requests, 100 for the reviews of each, 100 for their comments.
  expect(body.data?.rateLimit.cost).toBe(2);
  expect(headers.get('x-ratelimit-used')).toBe('2');
  expect(headers.get('x-ratelimit-resource')).toBe('graphql');
});
