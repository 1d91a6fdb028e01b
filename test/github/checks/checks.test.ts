import { expect, test } from 'vitest';
import { maskSecrets } from '../../../src/github/api/mask-secrets.ts';
import { endOfLog, excerpt, failingStep } from '../../../src/github/checks/job-log.ts';
import { asActionsLog } from '../../support/github-emulator/ci.ts';
import { ACME, connect, githubFixture } from '../../support/github-fixture.ts';

/** A pull request whose first troubled check is examined. */
async function failing(
  fail: (sha: string, fixture: Awaited<ReturnType<typeof githubFixture>>) => void,
) {
  const fixture = await githubFixture();
  const watched = await fixture.openPull();
  fail(watched.headSha, fixture);
  const github = connect(fixture);
  const { polls } = await github.readPolls(ACME, [watched]);
  const [check] = polls[0]?.pullRequest?.checks.notPassed ?? [];
  if (!check) throw new Error('nothing failed');
  const examine = () => github.examineCheck(ACME, check, watched.headSha);
  return { ...watched, emulator: fixture.emulator, github, check, examine };
}

test('a failed job is told by its annotations and the end of the step that failed', async () => {
  const { examine, check } = await failing((sha, { emulator }) => {
    emulator.check(ACME, sha, {
      ...{ name: 'unit', conclusion: 'failure', title: '1 failed' },
      annotations: [
        { path: 'src/a.js', line: 7, level: 'failure', message: 'not ok' },
        { path: '.github', line: 1, level: 'notice', message: 'ubuntu-latest moves' },
      ],
      log: asActionsLog('npm test', '\u001b[31mnot ok 1\u001b[0m login', 1),
    });
  });
  expect(await examine()).toEqual({
    ...{ name: 'unit', url: check.url },
    excerpt: [
      '1 failed\nsrc/a.js:7: not ok\n',
      'Run npm test\nnpm test\nnot ok 1 login\nError: Process completed with exit code 1.',
    ].join('\n'),
  });
});

test('a job whose log is gone, and a check that is no job, are told by what they say of themselves', async () => {
  const gone = await failing((sha, { emulator }) => {
    emulator.check(ACME, sha, { name: 'unit', conclusion: 'failure', title: 'Broken' });
  });
  expect((await gone.examine()).excerpt).toBe('Broken');
  const foreign = await failing((sha, { emulator }) => {
    const said = { title: 'Lint', summary: '3 problems', actions: false };
    emulator.check(ACME, sha, { name: 'lint', conclusion: 'failure', ...said });
  });
  expect((await foreign.examine()).excerpt).toBe('Lint\n3 problems');
});

test('a commit status is told by its description, and can not be run again', async () => {
  const { emulator, examine, github, check } = await failing((sha, { emulator }) => {
    emulator.status(ACME, sha, { context: 'ci', state: 'failure', description: 'Build failed' });
  });
  expect((await examine()).excerpt).toBe('Build failed');
  const before = emulator.checkRuns(ACME).length;
  await github.rerun(ACME, [check]);
  expect(emulator.checkRuns(ACME)).toHaveLength(before);
});

test('the checks of a commit or of a branch are known', async () => {
  const fixture = await githubFixture();
  const { emulator } = fixture;
  const sha = await fixture.pushBranch('x');
  emulator.check(ACME, sha, { name: 'unit', conclusion: 'failure' });
  emulator.check(ACME, sha, { name: 'lint', conclusion: 'success' });
  emulator.check(ACME, sha, { name: 'e2e', conclusion: 'cancelled' });
  const github = connect(fixture);
  const results = async (commit: string) =>
    (await github.checksOn(ACME, commit)).map(({ name, result }) => `${name} ${result}`);
  expect(await results(sha)).toEqual(['unit failed', 'lint passed', 'e2e infrastructureFailure']);
  expect(await results('x')).toEqual(await results(sha));
  await fixture.pushBranch('y', { from: 'origin/x' });
  expect(await results('y~1')).toEqual(await results(sha));
  expect(await results('y~9')).toEqual([]);
  expect(await results('no-such-branch')).toEqual([]);
  expect(await results('f'.repeat(40))).toEqual([]);
});

test('what the base branch requires is told by its rules and its protection', async () => {
  const fixture = await githubFixture();
  const github = connect(fixture);
  const named = (app: number | null, ...names: string[]) => names.map((name) => ({ name, app }));
  expect(await github.requiredChecks(ACME, 'main')).toEqual([]);
  await fixture.emulator.addRule(ACME, {
    ...{ type: 'required_status_checks', branches: 'main', checks: ['unit', 'lint'], app: 15_368 },
  });
  fixture.emulator.protect(ACME, { branch: 'main', checks: ['unit', 'e2e'] });
  expect(await github.requiredChecks(ACME, 'main')).toEqual([
    ...[...named(15_368, 'unit', 'lint'), ...named(null, 'unit', 'e2e')],
  ]);
  expect(await github.requiredChecks(ACME, 'no-such-branch')).toEqual([]);
  fixture.emulator.failNext({ path: /app\/branches\/main$/, status: 403 });
  expect(await github.requiredChecks(ACME, 'main')).toEqual(named(15_368, 'unit', 'lint'));
  const sha = await fixture.pushBranch('x');
  fixture.emulator.check(ACME, sha, { name: 'unit', conclusion: 'success' });
  fixture.emulator.check(ACME, sha, { name: 'scan', actions: false, conclusion: 'success' });
  fixture.emulator.status(ACME, sha, { context: 'lint', state: 'success' });
  expect((await github.checksOn(ACME, sha)).map(({ name, app }) => [name, app]).sort()).toEqual([
    ['lint', null],
    ['scan', 77],
    ['unit', 15_368],
  ]);
});

test('a job is run again once, also when the answer to the first request is lost', async () => {
  const { emulator, github, check } = await failing((sha, world) => {
    world.emulator.check(ACME, sha, { name: 'unit', conclusion: 'cancelled' });
  });
  emulator.failNext({ method: 'POST', path: /rerun$/, status: 'after' });
  await expect(github.rerun(ACME, [check])).rejects.toMatchObject({ name: 'Unreachable' });
  await github.rerun(ACME, [check]);
  expect(emulator.checkRuns(ACME)).toHaveLength(2);
});

test('the jobs of a run that was cancelled as a whole are run again together', async () => {
  const fixture = await githubFixture();
  const { emulator } = fixture;
  const watched = await fixture.openPull();
  const run = emulator.beginRun(ACME);
  for (const name of ['build', 'lint', 'test'])
    emulator.check(ACME, watched.headSha, { name, run, conclusion: 'cancelled' });
  emulator.check(ACME, watched.headSha, { name: 'docs', run, conclusion: 'success' });
  emulator.endRun(ACME, run);
  const github = connect(fixture);
  const read = async () => (await github.readPolls(ACME, [watched])).polls[0]?.pullRequest?.checks;
  await github.rerun(ACME, (await read())?.notPassed ?? []);
  expect(await read()).toMatchObject({ total: 4, pending: 3, notPassed: [] });
  // Each is found to be under way again.
  await github.rerun(ACME, (await read())?.running ?? []);
  expect(await read()).toMatchObject({ total: 4, pending: 3 });
});

test("another app's check is not run again", async () => {
  const { emulator, github, check } = await failing((sha, world) => {
    world.emulator.check(ACME, sha, { name: 'lint', conclusion: 'timed_out', actions: false });
  });
  const before = emulator.checkRuns(ACME).length;
  await github.rerun(ACME, [check]);
  expect(emulator.checkRuns(ACME)).toHaveLength(before);
});

test('a CI that really runs fails a commit, and passes the one that mends it', async () => {
  const fixture = await githubFixture({ ci: { name: 'test', command: ['sh', 'ci.sh'] } });
  const { emulator } = fixture;
  const watched = await fixture.openPull();
  const github = connect(fixture);
  const push = (text: string) =>
    emulator.push(ACME, {
      ...{ branch: `issue-${watched.issue}`, author: 'alice', path: 'ci.sh', text },
    });
  const checks = async () => {
    await emulator.ciIdle();
    return (await github.readPolls(ACME, [watched])).polls[0]?.pullRequest?.checks;
  };
  const broken = await push('echo "1 test failed"; exit 3');
  const [failed] = (await checks())?.notPassed ?? [];
  if (!failed) throw new Error('it passed');
  expect((await github.examineCheck(ACME, failed, broken)).excerpt).toContain(
    '1 test failed\nError: Process completed with exit code 3.',
  );
  await push('exit 0');
  expect(await checks()).toMatchObject({ total: 1, pending: 0, notPassed: [], running: [] });
});

test('of a log the end of the step that failed is told, not of one that was allowed to fail or of one after it', async () => {
  const at = (second: number, ...lines: string[]) =>
    lines.map((line) => `2026-01-08T12:00:${second}.1234567Z ${line}\n`).join('');
  const exit = '##[error]Process completed with exit code 1.';
  const log = [
    at(10, '##[group]Run npm audit', '##[endgroup]', '3 vulnerabilities', exit),
    at(20, '##[group]Run npm test', '##[endgroup]', 'not ok 1 login', exit),
    at(30, '##[group]Run upload', '##[endgroup]', 'nothing to upload', exit),
    at(31, 'Post job cleanup.'),
  ].join('');
  const steps = [
    { name: 'audit', conclusion: 'success', completedAt: '2026-01-08T12:00:10Z' },
    { name: 'test', conclusion: 'failure', completedAt: '2026-01-08T12:00:20Z' },
    { name: 'upload', conclusion: 'failure', completedAt: '2026-01-08T12:00:30Z' },
  ] as const;
  const { examine } = await failing((sha, { emulator }) => {
    emulator.check(ACME, sha, { name: 'unit', conclusion: 'failure', log, steps });
  });
  expect((await examine()).excerpt).toBe(
    'Run npm test\nnot ok 1 login\nError: Process completed with exit code 1.',
  );
  // Without the steps the last command that failed counts, also where a step before it was allowed to.
  const unknown = log.slice(0, log.indexOf('2026-01-08T12:00:30')) + at(31, 'Post job cleanup.');
  expect(failingStep(await endOfLog(stream(unknown)))).toBe((await examine()).excerpt);
});

const stream = (text: string) => new Blob([text]).stream() as ReadableStream<Uint8Array>;

test('of an endless log the end of the failing step is kept', async () => {
  const output = Array.from({ length: 20_000 }, (_, n) => `line ${n} ${'x'.repeat(50)}`);
  const log = asActionsLog('npm test', output.join('\n'), 1);
  const text = excerpt('', failingStep(await endOfLog(stream(log))));
  expect(text.length).toBeLessThanOrEqual(4_000);
  expect(text).toMatch(/^\[…\]\nline \d+/);
  expect(text).toMatch(/line 19999 x+\nError: Process completed with exit code 1\.$/);
});

test('a log of one endless line, or none at all, is survived', async () => {
  const text = excerpt('', failingStep(await endOfLog(stream('x'.repeat(5_000_000)))));
  expect(text.length).toBeLessThanOrEqual(4_000);
  expect(failingStep(await endOfLog(stream('')))).toBe('');
});

test('secrets are masked wherever they stand', async () => {
  const token = `ghp_${'wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx'}`;
  const text = `a ${token} b\nhttps://user:hunter2pass@example.com/x ${token}`;
  const masked = await maskSecrets(text);
  expect(masked).not.toContain(token);
  expect(masked).not.toContain('hunter2pass');
  expect(masked).toMatch(/^a \[masked\] b\n/);
});
