import { expect, test } from 'vitest';
import { git, gitWith, WEB_COMMITTER } from '../../support/github-emulator/git.ts';
import { rebased } from '../../support/github-emulator/merge.ts';
import { ACME, connect, githubFixture } from '../../support/github-fixture.ts';

test('a branch that was only brought up to date with its base is told from one with other commits', async () => {
  const fixture = await githubFixture();
  const { emulator } = fixture;
  const { issue, pullRequest, headSha } = await fixture.openPull();
  const github = connect(fixture);
  const branch = `issue-${issue}`;
  const push = (to: string, path: string) =>
    emulator.push(ACME, { branch: to, author: 'kim', path, text: 'x' });
  const main = await push('main', 'other.txt');
  const merged = await emulator.updateBranch(ACME, pullRequest);
  expect(await github.isUpdateOf(ACME, merged, headSha, 'main')).toBe(true);
  const onto = { from: `${main}^`, head: headSha, onto: main };
  const moved = await rebased(emulator.directory(ACME), onto);
  expect(await github.isUpdateOf(ACME, moved, headSha, 'main')).toBe(true);
  // A merge by hand, and an amended commit, may have a repair in them.
  const directory = emulator.directory(ACME);
  const shown = (format: string) =>
    git(directory, 'show', '--no-patch', '--date=raw', `--format=${format}`, headSha);
  const commitWith = async (more: Record<string, string>, ...parents: string[]) =>
    gitWith(
      {
        ...{ GIT_AUTHOR_DATE: await shown('%ad'), GIT_AUTHOR_EMAIL: await shown('%ae') },
        ...more,
      },
      ...[directory, 'commit-tree', `${main}^{tree}`, '-m', await shown('%B'), ...parents],
    );
  const commit = (...parents: string[]) => commitWith({}, ...parents);
  const byHand = await commit('-p', headSha, '-p', main);
  expect(await github.isUpdateOf(ACME, byHand, headSha, 'main')).toBe(false);
  // So may the merge of another branch, by a button on GitHub.
  const fix = await fixture.pushBranch('fix');
  const onGitHub = { GIT_COMMITTER_EMAIL: WEB_COMMITTER };
  const ofFix = await commitWith(onGitHub, '-p', headSha, '-p', fix);
  expect(await github.isUpdateOf(ACME, ofFix, headSha, 'main')).toBe(false);
  const ofBase = await commitWith(onGitHub, '-p', headSha, '-p', main);
  expect(await github.isUpdateOf(ACME, ofBase, headSha, 'main')).toBe(true);
  const amended = await commit('-p', `${headSha}^`);
  expect(await github.isUpdateOf(ACME, amended, headSha, 'main')).toBe(false);
  expect(await github.isUpdateOf(ACME, await commit('-p', main), headSha, 'main')).toBe(true);
  const theirs = await push(branch, 'fix.txt');
  expect(await github.textOf(ACME, branch, 'fix.txt')).toBe('x');
  expect(await github.textOf(ACME, branch, 'none.txt')).toBe(null);
  expect(await github.isUpdateOf(ACME, theirs, merged, 'main')).toBe(false);
});
