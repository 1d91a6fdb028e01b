import { join } from 'node:path';
import { expect, test } from 'vitest';
import { rulesAgainst } from '../../../src/domain/pull-request/branch-rules.ts';
import { pushBranch } from '../../../src/git/remote/push.ts';
import { gitTokenSource } from '../../../src/github/api/token.ts';
import { git } from '../../support/github-emulator/git.ts';
import { ACME, commitFile, connect, githubFixture, TOKEN } from '../../support/github-fixture.ts';

const use = { branch: 'issue-1', stacks: true, signs: false };
const rule = (type: string, checks: readonly string[] = [], afterCreation = false) => ({
  ...{ type, afterCreation, checks: checks.map((name) => ({ name, app: null })) },
});

test.each([
  [rule('non_fast_forward'), use, 'forbids force pushes'],
  [rule('non_fast_forward'), { ...use, stacks: false }, undefined],
  [rule('required_status_checks', ['test']), use, '(test) to pass before a push: each push is'],
  [rule('required_status_checks', ['test'], true), use, 'each push after the first one'],
  [rule('pull_request'), use, 'requires a pull request'],
  [rule('required_signatures'), use, 'signs none'],
  [rule('required_signatures'), { ...use, signs: true }, undefined],
  [rule('deletion'), use, undefined],
] as const)('%j, with %j', (given, how, told) => {
  const [line] = rulesAgainst([given, given], how);
  if (told === undefined) expect(line).toBeUndefined();
  else expect(line).toContain(told);
});

test('the rules for a branch are read before it exists, and a push that they refuse is told by them', async () => {
  const fixture = await githubFixture();
  const { emulator, clone } = fixture;
  const github = connect(fixture);
  const location = {
    ...{
      repository: ACME,
      issue: 1,
      hostId: 'h',
      checkout: clone,
      worktree: join(clone, '..', 'w'),
    },
    ...{ branch: 'issue-1', remote: 'origin' },
  };
  const tokens = gitTokenSource({ GITHUB_API_URL: emulator.apiUrl, GITHUB_TOKEN: TOKEN });
  expect(await github.branchRules(ACME, 'issue-1')).toEqual([]);
  await fixture.pushBranch('issue-1');
  await emulator.addRule(ACME, { type: 'non_fast_forward', branches: 'issue-*' });
  expect(await github.branchRules(ACME, 'issue-7')).toEqual([rule('non_fast_forward')]);
  expect(await github.branchRules(ACME, 'main')).toEqual([]);

  await commitFile(clone, 'more.txt');
  const lease = await pushBranch(location, tokens);
  await git(clone, 'commit', '--quiet', '--amend', '-m', 'rewritten');
  await expect(pushBranch(location, tokens, { lease })).rejects.toMatchObject({
    type: 'PushRejected',
    message: expect.stringContaining('Cannot force-push to this branch (GH013)'),
  });

  const checks = { type: 'required_status_checks', branches: '*', checks: ['test'] } as const;
  await emulator.addRule(ACME, checks);
  expect(await github.branchRules(ACME, 'issue-2')).toContainEqual(
    rule('required_status_checks', ['test']),
  );
  await commitFile(clone, 'again.txt');
  await git(clone, 'branch', '--force', 'issue-2', 'HEAD');
  await expect(pushBranch({ ...location, branch: 'issue-2' }, tokens)).rejects.toThrow(
    'Required status check "test" is expected (GH013)',
  );
});

test('a merge commit where the history must be linear is told by its rule, and other commits are pushed', async () => {
  const fixture = await githubFixture();
  const { emulator, clone } = fixture;
  await emulator.addRule(ACME, { type: 'required_linear_history', branches: 'issue-*' });
  expect(rulesAgainst([rule('required_linear_history')], use)).toEqual([]);
  const location = {
    ...{ repository: ACME, issue: 1, hostId: 'h', checkout: clone, remote: 'origin' },
    ...{ branch: 'issue-1', worktree: join(clone, '..', 'w') },
  };
  const tokens = gitTokenSource({ GITHUB_API_URL: emulator.apiUrl, GITHUB_TOKEN: TOKEN });
  await git(clone, 'checkout', '--quiet', '-b', 'issue-1');
  await commitFile(clone, 'one.txt');
  await pushBranch(location, tokens);
  await git(clone, 'checkout', '--quiet', '-b', 'other', 'main');
  await commitFile(clone, 'two.txt');
  await git(clone, 'checkout', '--quiet', 'issue-1');
  await git(clone, 'merge', '--quiet', '--no-ff', '-m', 'Merge', 'other');
  await expect(pushBranch(location, tokens)).rejects.toMatchObject({
    type: 'PushRejected',
    message: expect.stringContaining('must not contain merge commits'),
  });
});
