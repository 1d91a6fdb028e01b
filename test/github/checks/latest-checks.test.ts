import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Checks } from '../../../src/domain/pull-request/checks.ts';
import { git } from '../../support/github-emulator/git.ts';
import { type Emulator, startGitHubEmulator } from '../../support/github-emulator/index.ts';
import { ACME, commitFile, connect, TOKEN } from '../../support/github-fixture.ts';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'coppice-checks-')));
const source = join(root, 'source');
mkdirSync(source);
await git(source, 'init', '--quiet', '--initial-branch=main');
await commitFile(source, 'README.md');
const emulator = await startGitHubEmulator({ root: join(root, 'bare'), token: TOKEN });
await emulator.addRepository({ owner: 'acme', name: 'app', from: source });
afterAll(async () => {
  await emulator.close();
  rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  expect(emulator.violations).toEqual([]);
});

/** One that may read check runs, and a fine-grained one, which may only read the jobs of Actions. */
type Token = 'a token that may read checks' | 'a fine-grained token';
const connections = {
  'a token that may read checks': connect({ emulator }),
  'a fine-grained token': connect({ emulator }),
};

/** Opens a pull request. @returns it, and its head */
async function openPull() {
  const issue = emulator.addIssue(ACME, { title: 'One' });
  const directory = emulator.directory(ACME);
  const head = `issue-${issue}`;
  const sha = await git(directory, 'commit-tree', 'main^{tree}', '-p', 'main', '-m', head);
  await git(directory, 'update-ref', `refs/heads/${head}`, sha);
  const { number: pullRequest } = await connect({ emulator }).ensurePullRequest(ACME, {
    ...{ head, base: 'main', title: head, body: '', marker: head },
  });
  return { sha, head, watched: { issue, pullRequest } };
}

type Pull = Awaited<ReturnType<typeof openPull>>;

async function read(token: Token, { watched }: Pull): Promise<Checks | undefined> {
  emulator.hideChecks(token === 'a fine-grained token');
  const { polls } = await connections[token].readPolls(ACME, [watched]);
  return polls[0]?.pullRequest?.checks;
}

type Report = (check: (check: Parameters<Emulator['check']>[2]) => number, sha: string) => void;

/** A fact about checks, whichever token reads them. */
function both(name: string, report: Report, expected: unknown): void {
  for (const token of Object.keys(connections) as Token[]) only(token)(name, report, expected);
}

/** A fact that only such a token can see. */
const only =
  (token: Token) =>
  (name: string, report: Report, expected: unknown): void =>
    test(`${name}: ${token}`, async () => {
      const pull = await openPull();
      report((check) => emulator.check(ACME, pull.sha, check), pull.sha);
      expect(await read(token, pull)).toMatchObject(expected as object);
    });

both(
  'one name in two workflows names two checks',
  (check) => {
    check({ name: 'test', workflow: 'CI', conclusion: 'failure' });
    check({ name: 'test', workflow: 'Nightly', conclusion: 'success' });
  },
  { total: 2, notPassed: [{ name: 'test', id: 'github-actions 1 test', result: 'failed' }] },
);

only('a token that may read checks')(
  'one name in two workflows, or in another app, names two checks',
  (check) => {
    check({ name: 'test', workflow: 'CI', conclusion: 'failure' });
    check({ name: 'test', workflow: 'Nightly', conclusion: 'success' });
    check({ name: 'test', actions: false, conclusion: 'success' });
  },
  { total: 3, notPassed: [{ name: 'test', result: 'failed' }] },
);

both(
  'what a later run of the same workflow skips is as it was',
  (check) => {
    check({ name: 'test', conclusion: 'failure' });
    check({ name: 'test', conclusion: 'skipped' });
  },
  { total: 1, notPassed: [{ name: 'test', result: 'failed' }] },
);

both(
  'the same job for two events is two checks',
  (check) => {
    check({ name: 'test', event: 'push', conclusion: 'failure' });
    check({ name: 'test', conclusion: 'success' });
  },
  { total: 2, pending: 0, notPassed: [{ name: 'test', result: 'failed' }] },
);

both(
  'of two runs of a workflow the later one counts, in whichever order they end',
  (check) => {
    const [first, second] = [emulator.beginRun(ACME), emulator.beginRun(ACME)];
    check({ name: 'test', run: second, conclusion: 'success' });
    check({ name: 'test', run: first, conclusion: 'failure' });
    for (const run of [first, second]) emulator.endRun(ACME, run);
  },
  { total: 1, pending: 0, notPassed: [] },
);

both(
  'a run that a later one cancelled does not count, also before it began',
  (check) => {
    const [first, second] = [emulator.beginRun(ACME), emulator.beginRun(ACME)];
    check({ name: 'lint', run: second, conclusion: 'success' });
    check({ name: 'test', run: second, conclusion: 'success' });
    check({ name: 'lint', run: first, conclusion: 'cancelled' });
    check({ name: 'test', run: first, conclusion: 'cancelled', neverBegan: true });
    for (const run of [first, second]) emulator.endRun(ACME, run);
  },
  { total: 2, pending: 0, notPassed: [] },
);

both(
  'a job that a later run has yet to make is not cancelled, although the run before was',
  (check) => {
    const [first, second] = [emulator.beginRun(ACME), emulator.beginRun(ACME)];
    check({ name: 'test', run: first, conclusion: 'cancelled' });
    check({ name: 'lint', run: second, conclusion: 'success' });
    emulator.endRun(ACME, first);
  },
  { pending: 1, notPassed: [], running: [{ name: 'more jobs of CI' }] },
);

both(
  'between two stages of a workflow more checks are to come',
  (check) => {
    const run = emulator.beginRun(ACME);
    check({ name: 'lint', run, conclusion: 'success' });
  },
  { total: 2, pending: 1, running: [{ name: 'more jobs of CI' }] },
);

both(
  'while a job of a workflow runs, it alone is pending',
  (check) => {
    const run = emulator.beginRun(ACME);
    check({ name: 'lint', run, conclusion: 'success' });
    check({ name: 'test', run });
  },
  { total: 2, pending: 1, running: [{ name: 'test' }] },
);

both(
  'a job that waits for a person holds nothing up',
  (check) => void check({ name: 'deploy', waits: true }),
  { pending: 0, notPassed: [{ name: 'deploy', result: 'other' }] },
);

both(
  'of a matrix of sixty the one that failed is told first',
  (check) => {
    const run = emulator.beginRun(ACME);
    for (let n = 0; n < 60; n += 1) check({ name: `a (${n})`, run, conclusion: 'action_required' });
    check({ name: 'z (60)', run, conclusion: 'failure' });
    emulator.endRun(ACME, run);
  },
  { total: 61, notPassed: { 0: { name: 'z (60)', result: 'failed' }, length: 50 } },
);

both(
  'the jobs of a matrix are all read, however many they are',
  (check) => {
    const run = emulator.beginRun(ACME);
    for (let n = 0; n < 130; n += 1) check({ name: `a (${n})`, run, conclusion: 'success' });
    check({ name: 'z', run, conclusion: 'failure' });
    emulator.endRun(ACME, run);
  },
  { total: 131, notPassed: [{ name: 'z' }] },
);

both(
  'a build of the merge queue is no check of the head',
  (check) => {
    check({ name: 'test', event: 'merge_group', conclusion: 'failure' });
    check({ name: 'test', conclusion: 'success' });
    const run = emulator.beginRun(ACME, { event: 'merge_group' });
    check({ name: 'lint', run, event: 'merge_group', conclusion: 'success' });
  },
  { total: 1, pending: 0, notPassed: [] },
);

only('a fine-grained token')(
  'a run without a job is pending',
  (check, sha) => {
    check({ name: 'lint', workflow: 'Lint', conclusion: 'success' });
    emulator.beginRun(ACME, { sha });
  },
  { total: 2, pending: 1, running: [{ name: 'more jobs of CI' }] },
);

// This token has been seen to read no check runs by now.
only('a fine-grained token')(
  'a run without a job is pending, also where there is no check',
  (_, sha) => void emulator.beginRun(ACME, { sha }),
  { total: 1, pending: 1, running: [{ name: 'more jobs of CI' }] },
);

test('for the base branch, which a merge queue moved, the builds of the queue count', async () => {
  const pull = await openPull();
  emulator.check(ACME, pull.sha, { name: 'test', event: 'merge_group', conclusion: 'failure' });
  for (const token of Object.keys(connections) as Token[]) {
    emulator.hideChecks(token === 'a fine-grained token');
    expect(await connections[token].checksOn(ACME, pull.head)).toMatchObject([
      { name: 'test', result: 'failed' },
    ]);
  }
});
