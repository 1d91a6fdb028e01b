import { expect, test } from 'vitest';
import { CoppiceError } from '../../src/domain/shared/failure.ts';
import type { Issue } from '../../src/domain/shared/issue.ts';
import { RepositoryName } from '../../src/domain/shared/repository.ts';
import { preflight, type Readers } from '../../src/planning/preflight.ts';
import { parseReferences } from '../../src/planning/read/references.ts';

const repository = RepositoryName.parse('acme/app');

const anIssue = (number: number, changes: Partial<Issue> = {}): Issue => ({
  number,
  title: 'Add export button',
  body: '',
  url: `https://github.com/acme/app/issues/${number}`,
  state: 'open',
  isPullRequest: false,
  labels: [],
  ...changes,
});

const ready: Readers = {
  readIssue: async (number) => anIssue(number),
  defaultBranch: async () => 'main',
  branchExists: async () => true,
  openSessions: async () => new Map(),
  obstacle: async () => undefined,
};

const check = (
  issues: readonly string[],
  readers: Partial<Readers> = {},
  { after = [], base }: { after?: readonly string[]; base?: string } = {},
) => preflight({ ...parseReferences(issues, after), repository, base }, { ...ready, ...readers });

const refusing = (message: string) => async () => {
  throw new CoppiceError('Unauthorized', message);
};

test('issues that may be worked on become a plan in the order given', async () => {
  const { issues, problems } = await check(
    ['127', '#126', 'https://github.com/acme/app/issues/125'],
    {},
    { after: ['127:126', '127:125,126'] },
  );
  expect(problems).toEqual([]);
  expect(issues).toEqual([
    { issue: 127, after: [126, 125], title: 'Add export button' },
    { issue: 126, after: [], title: 'Add export button' },
    { issue: 125, after: [], title: 'Add export button' },
  ]);
});

test.for<[string, Parameters<typeof check>, string]>([
  ['a repetition', [['1', '#1']], '#1 is given twice'],
  [
    'an issue of another repository',
    [['https://github.com/acme/other/issues/1', '2']],
    'acme/other#1 is in another repository: a run works in one, here acme/app',
  ],
  [
    'a closed issue',
    [['1'], { readIssue: async () => anIssue(1, { state: 'closed' }) }],
    '#1 is closed: reopen it first',
  ],
  [
    'a pull request',
    [['1'], { readIssue: async () => anIssue(1, { isPullRequest: true }) }],
    '#1 is a pull request, not an issue',
  ],
  [
    'an unknown issue',
    [['1'], { readIssue: refusing('acme/app has no issue #1') }],
    'acme/app has no issue #1',
  ],
  [
    'an issue with an open session',
    [['1'], { openSessions: async () => new Map([[1, 'stuck; coppice show 1']]) }],
    '#1 has an open session already: stuck; coppice show 1',
  ],
  [
    'a branch of the person’s own',
    [['1'], { obstacle: async () => '#1 needs a branch issue-1' }],
    '#1 needs a branch issue-1',
  ],
  [
    'a missing base branch',
    [['1'], { branchExists: async () => false }, { base: 'develop' }],
    'acme/app has no branch develop: push it, or name another base',
  ],
  [
    'an empty repository',
    [['1'], { branchExists: async () => false }],
    'acme/app has no branch main yet: push a first commit',
  ],
  [
    'an order that names an issue outside the run',
    [['1', '2'], {}, { after: ['1:3'] }],
    '#1 depends on #3, which is not in the plan',
  ],
  [
    'an order for an issue outside the run',
    [['1'], {}, { after: ['9:1'] }],
    '--after names #9, which is not in the run',
  ],
  ['an issue after itself', [['1'], {}, { after: ['1:1'] }], '#1 depends on itself'],
  [
    'a circle',
    [['1', '2'], {}, { after: ['1:2', '2:1'] }],
    'dependencies go in a circle: #1 → #2 → #1',
  ],
])('%s is refused', async ([, args, problem]) => {
  expect((await check(...args)).problems).toEqual([problem]);
});

test('everything wrong is named at once', async () => {
  const { problems } = await check(
    ['1', '1', '2', '3', 'https://github.com/acme/other/issues/9'],
    {
      readIssue: async (number) =>
        anIssue(number, { state: number === 2 ? 'closed' : 'open', isPullRequest: number === 3 }),
      branchExists: async () => false,
      openSessions: async () => new Map([[1, 'working']]),
    },
    { after: ['1:2', '2:1'] },
  );
  expect(problems).toHaveLength(7);
});

test('a missing token is one problem, however many issues there are', async () => {
  const readIssue = refusing('no token: run `gh auth login`');
  const { problems } = await check(['1', '2', '3'], { readIssue, defaultBranch: readIssue });
  expect(problems).toEqual(['no token: run `gh auth login`']);
});

test('trouble of the world is no refusal', async () => {
  const readIssue = async () => {
    throw new Error('connect ECONNREFUSED');
  };
  await expect(check(['1'], { readIssue })).rejects.toThrow('ECONNREFUSED');
});

test('hundreds of issues are read a few at a time', async () => {
  let reading = 0;
  let most = 0;
  const readIssue = async (number: number) => {
    most = Math.max(most, ++reading);
    await Promise.resolve();
    reading--;
    return anIssue(number);
  };
  const numbers = Array.from({ length: 300 }, (_, index) => String(index + 1));
  expect((await check(numbers, { readIssue })).issues).toHaveLength(300);
  expect(most).toBeLessThanOrEqual(8);
});
