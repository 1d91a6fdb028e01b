import { expect, test } from 'vitest';
import { RepositoryName } from '../../src/domain/shared/repository.ts';
import { git } from '../support/github-emulator/git.ts';
import { ACME, connect, githubFixture } from '../support/github-fixture.ts';

test.each([
  ['was renamed', 'acme/application'],
  ['moved to another owner', 'initech/app'],
])('a repository that %s is worked on by its old name', async (_, to) => {
  const fixture = await githubFixture();
  const { emulator, clone } = fixture;
  const { issue, pullRequest, headSha } = await fixture.openPull();
  const renamed = RepositoryName.parse(to);
  await emulator.moveRepository(ACME, renamed);
  const github = connect(fixture);

  const { polls } = await github.readPolls(ACME, [{ issue, pullRequest }]);
  expect(polls).toMatchObject([{ issue: { title: 'One' }, pullRequest: { headSha } }]);
  expect(await github.readIssue(ACME, issue)).toMatchObject({ number: issue });
  const again = await github.ensurePullRequest(ACME, {
    ...{ head: `issue-${issue}`, base: 'main', title: 'One', body: '' },
    marker: `coppice/acme/app/issues/${issue}`,
  });
  expect(again.number).toBe(pullRequest);
  await github.upsertComment(ACME, issue, { marker: 'question', text: 'Which?' });
  await github.upsertComment(ACME, issue, { marker: 'question', text: 'Which one?' });
  expect(emulator.comments(renamed, issue)).toMatchObject([
    { body: expect.stringContaining('Which one?') },
  ]);
  await git(clone, 'push', '--quiet', 'origin', 'HEAD:refs/heads/later');
  expect(await git(emulator.directory(renamed), 'rev-parse', 'later')).toBe(headSha);
});

test('an issue that was transferred is gone, and says where it is', async () => {
  const fixture = await githubFixture();
  const { emulator, clone } = fixture;
  const { issue, pullRequest } = await fixture.openPull();
  const other = RepositoryName.parse('acme/other');
  await emulator.addRepository({ owner: 'acme', name: 'other', from: clone });
  emulator.addIssue(other, { title: 'First' });
  const number = emulator.transferIssue(ACME, issue, other);
  const github = connect(fixture);
  const { polls } = await github.readPolls(ACME, [{ issue, pullRequest }]);
  expect(polls).toMatchObject([{ issue: null, pullRequest: { number: pullRequest } }]);
  expect(await github.readFeedback(ACME, { issue, pullRequest })).toEqual([]);
  await expect(github.readIssue(ACME, issue)).rejects.toMatchObject({
    ...{ type: 'IssueNotWorkable' },
    message: expect.stringContaining(`acme/other/issues/${number}`),
  });
});

test('what becomes of a pull request is seen: draft, closed with its branch, opened again', async () => {
  const fixture = await githubFixture();
  const { emulator } = fixture;
  const watched = await fixture.openPull();
  const github = connect(fixture);
  const read = async () => (await github.readPolls(ACME, [watched])).polls[0]?.pullRequest;
  emulator.convertToDraft(ACME, watched.pullRequest);
  expect(await read()).toMatchObject({ draft: true, state: 'open' });
  await emulator.deleteBranch(ACME, `issue-${watched.issue}`);
  expect(await read()).toMatchObject({ state: 'closed', merged: false });
  await fixture.pushBranch(`issue-${watched.issue}`);
  emulator.reopen(ACME, watched.pullRequest);
  expect(await read()).toMatchObject({ state: 'open' });
  emulator.closeItem(ACME, watched.issue);
  const { polls } = await github.readPolls(ACME, [watched]);
  expect(polls[0]?.issue?.state).toBe('closed');
});
