import { expect, test } from 'vitest';
import { git } from '../support/github-emulator/git.ts';
import { ACME, connect, githubFixture } from '../support/github-fixture.ts';

const CI = { name: 'test', command: ['test', '!', '-e', 'broken.txt'] } as const;

/** Pull requests of the branches one and two, each against what is named. */
async function pulls(bases: readonly string[], options: Parameters<typeof githubFixture>[0] = {}) {
  const fixture = await githubFixture(options);
  const { emulator, pushBranch } = fixture;
  const heads = bases.map((_, index) => `issue-${index + 1}`);
  for (const [index, head] of heads.entries()) {
    const base = bases[index] ?? 'main';
    emulator.addIssue(ACME, { title: head });
    await pushBranch(head, { from: base === 'main' ? 'origin/main' : base });
  }
  const numbers: number[] = [];
  for (const [index, head] of heads.entries()) {
    const { number } = await connect(fixture).ensurePullRequest(ACME, {
      ...{ head, base: bases[index] ?? 'main', title: head, marker: head },
      body: `Closes #${index + 1}`,
    });
    numbers.push(number);
  }
  const states = () =>
    emulator.pullRequests(ACME).map(({ state, mergedAt }) => (mergedAt ? 'merged' : state));
  const log = (ref = 'main') =>
    git(emulator.directory(ACME), 'log', '--first-parent', '--format=%s', ref);
  const branches = () => git(emulator.directory(ACME), 'branch', '--format=%(refname:short)');
  return { ...fixture, numbers, states, log, branches };
}

test('a pull request is merged by itself when its checks have passed, and no sooner', async () => {
  const { emulator, numbers, states, log, branches } = await pulls(['main', 'main'], { ci: CI });
  await emulator.ciIdle();
  for (const number of numbers) emulator.enableAutoMerge(ACME, number, 'merge');
  emulator.convertToDraft(ACME, numbers[1] ?? 0);
  await emulator.ciIdle();
  expect(states()).toEqual(['merged', 'open']);
  expect(await log()).toBe('Merge pull request #3 from acme/issue-1\nAdd README.md');
  expect(emulator.issues(ACME)[0]?.state).toBe('closed');
  expect(await branches()).toBe('issue-2\nmain');
});

test('a merge queue merges what it has checked together, one after the other, and puts out what fails', async () => {
  const setting = await pulls(['main', 'main', 'main'], { ci: CI });
  const { emulator, numbers, states, log, branches, pushBranch } = setting;
  await pushBranch('issue-2', { from: 'issue-2', file: 'broken.txt' });
  await emulator.ciIdle();
  const [one = 0, two = 0, three = 0] = numbers;
  emulator.enqueue(ACME, one);
  emulator.enqueue(ACME, three, 'merge');
  await emulator.ciIdle();
  expect(states()).toEqual(['merged', 'open', 'merged']);
  expect((await log()).split('\n')).toEqual([
    `Merge pull request #${three} from acme/issue-3`,
    `issue-1 (#${one})`,
    'Add README.md',
  ]);
  expect(await branches()).toBe('issue-2\nmain');
  emulator.enqueue(ACME, two);
  await emulator.ciIdle();
  expect(states()[1]).toBe('open');
});

test('a push to the base that contains its commits merges it; one that takes its own back closes it', async () => {
  const { emulator, clone, states, numbers } = await pulls(['main', 'main']);
  await git(clone, 'push', '--quiet', 'origin', 'issue-1:main');
  expect(states()).toEqual(['merged', 'open']);
  expect(emulator.issues(ACME).map(({ state }) => state)).toEqual(['closed', 'open']);
  const read = await connect({ emulator }).readPullRequest(ACME, numbers[0] ?? 0);
  expect(read).toMatchObject({ state: 'closed', merged: true, base: 'main' });
  await git(clone, 'push', '--quiet', '--force', 'origin', 'origin/main:issue-2');
  expect(states()).toEqual(['merged', 'closed']);
});

test.each(['merge', 'squash', 'rebase'] as const)(
  'a stack is merged at once by %s: all of it, each into the base',
  async (method) => {
    const { emulator, numbers, states, branches } = await pulls(['main', 'issue-1', 'issue-2']);
    await emulator.mergeStack(ACME, numbers, method);
    expect(states()).toEqual(['merged', 'merged', 'merged']);
    expect(emulator.pullRequests(ACME).map(({ base }) => base)).toEqual(['main', 'main', 'main']);
    expect(await branches()).toBe('main');
    const files = await git(emulator.directory(ACME), 'ls-tree', '--name-only', 'main');
    expect(files).toBe('README.md\nissue-1.txt\nissue-2.txt\nissue-3.txt');
    expect(emulator.issues(ACME).every(({ state }) => state === 'closed')).toBe(true);
  },
);

test('a stack of which one can’t be merged stays as it was', async () => {
  const { emulator, clone, numbers, states, log } = await pulls(['main', 'issue-1']);
  await git(clone, 'checkout', '--quiet', '-B', 'main', 'origin/main');
  await git(clone, 'rm', '--quiet', 'README.md');
  await git(clone, 'commit', '--quiet', '-m', 'Remove it');
  await git(clone, 'push', '--quiet', 'origin', 'main');
  await emulator.push(ACME, { branch: 'issue-2', author: 'ann', path: 'README.md', text: 'more' });
  const before = emulator.pullRequests(ACME).map(({ base, headSha }) => [base, headSha]);
  await expect(emulator.mergeStack(ACME, numbers)).rejects.toThrow('not mergeable');
  expect(states()).toEqual(['open', 'open']);
  expect(emulator.pullRequests(ACME).map(({ base, headSha }) => [base, headSha])).toEqual(before);
  expect(await log()).toBe('Remove it\nAdd README.md');
});
