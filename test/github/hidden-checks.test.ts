import { expect, test } from 'vitest';
import { asActionsLog } from '../support/github-emulator/ci.ts';
import { ACME, connect, githubFixture } from '../support/github-fixture.ts';

/** A pull request before a token that may not read checks. */
async function fineGrained() {
  const fixture = await githubFixture();
  const watched = await fixture.openPull();
  fixture.emulator.hideChecks();
  const github = connect(fixture);
  const checks = async () =>
    (await github.readPolls(ACME, [watched])).polls[0]?.pullRequest?.checks;
  return { emulator: fixture.emulator, github, checks, ...watched };
}

test('a token that may not read checks reads the jobs of Actions and the statuses instead', async () => {
  const { emulator, github, checks, headSha, issue } = await fineGrained();
  const log = asActionsLog('npm test', 'not ok 1', 1);
  emulator.check(ACME, headSha, { name: 'unit', conclusion: 'failure', log });
  emulator.check(ACME, headSha, { name: 'slow' });
  emulator.status(ACME, headSha, { context: 'deploy', state: 'failure' });
  const found = await checks();
  expect(found).toMatchObject({
    ...{ total: 3, pending: 1 },
    notPassed: [{ name: 'deploy' }, { name: 'unit', result: 'failed' }],
  });
  const unit = found?.notPassed[1];
  if (!unit) throw new Error('unit is missing');
  expect((await github.examineCheck(ACME, unit, headSha)).excerpt).toContain('not ok 1');
  expect((await github.checksOn(ACME, `issue-${issue}`)).map(({ id }) => id).sort()).toEqual([
    ...['github-actions 1 slow', 'github-actions 1 unit', 'status deploy'],
  ]);
});

test('jobs that are over cost no rate limit as long as nothing changes', async () => {
  const { emulator, checks, headSha } = await fineGrained();
  emulator.check(ACME, headSha, { name: 'unit', conclusion: 'success' });
  expect(await checks()).toMatchObject({ total: 1, pending: 0, notPassed: [], running: [] });
  const used = emulator.rateLimit.used.core;
  expect(await checks()).toMatchObject({ total: 1, pending: 0, notPassed: [], running: [] });
  expect(emulator.rateLimit.used.core).toBe(used);
  emulator.check(ACME, headSha, { name: 'lint', conclusion: 'failure' });
  expect((await checks())?.notPassed).toMatchObject([{ name: 'lint' }]);
});

test('a token that may read neither never takes them for none', async () => {
  const { emulator, checks, headSha } = await fineGrained();
  emulator.check(ACME, headSha, { name: 'unit', conclusion: 'success' });
  emulator.failNext({ path: /actions\/runs/, status: 403, body: { message: 'Not accessible' } });
  expect((await checks())?.notPassed).toMatchObject([
    { name: 'checks that the GitHub token may not read', result: 'other' },
  ]);
});
