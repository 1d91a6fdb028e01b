import { expect, test } from 'vitest';
import { git } from '../../support/github-emulator/git.ts';
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
  expect(await github.isUpdateOf(ACME, merged, headSha)).toBe(true);
  const directory = emulator.directory(ACME);
  const [message = '', email, date] = (
    await git(directory, 'show', '--no-patch', '--format=%s%n%ae%n%aI', headSha)
  ).split('\n');
  const rebased = await git(
    ...[directory, '-c', 'user.name=Kim', '-c', 'user.email=kim@example.com'],
    ...['commit-tree', `${merged}^{tree}`, '-p', main, '-m', message],
  );
  expect([email, date]).not.toContain(undefined);
  // The author and their date are others' here.
  expect(await github.isUpdateOf(ACME, rebased, headSha)).toBe(false);
  const theirs = await push(branch, 'fix.txt');
  expect(await github.isUpdateOf(ACME, theirs, merged)).toBe(false);
});
