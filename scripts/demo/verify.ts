import assert from 'node:assert/strict';
import { join } from 'node:path';
import { execa } from 'execa';
import type { RunResult } from '../../src/domain/run/run.ts';
import type { PlanFile } from '../../src/planning/plan-file/plan-file.ts';
import { readPlanFile } from '../../src/planning/plan-file/plan-text.ts';
import { readDetail } from '../../src/state/session-store.ts';
import type { Environment } from '../../test/support/environment.ts';
import { compareQuestions } from '../../test/support/questions-asked.ts';
import { SAMPLE_ISSUES, TOKEN_REFRESH } from '../../test/support/sample/issues.ts';
import { contains, pullOf } from './github.ts';
import type { Played } from './play.ts';
import { type Asked, answersTo, REVIEWED } from './requests.ts';
import { FIX, type Fix, STACK } from './reviewer.ts';

/** A sentence about the end state, and what speaks against it. */
export interface Check {
  readonly claim: string;
  readonly problem?: string;
}

/** Looks at what the run left behind, from outside: git, GitHub, processes. `stopped` is whether Coppice was stopped. */
export async function verify(
  environment: Environment,
  { result, fix, asked }: Played,
  stopped: boolean,
): Promise<Check[]> {
  const checks: [string, () => Promise<void> | void][] = [
    ['the plan puts #127 after #126, as its text says', () => planned(environment)],
    ['a person approved every plan that had to be', () => approved(environment)],
    ['a person was asked nothing else but what #124 asked', () => askedOnly(environment)],
    ['the run says that every issue was merged', () => allMerged(result)],
    [
      'five pull requests were merged, a dependent after its dependency',
      () => inOrder(environment),
    ],
    [
      `#${STACK.above} stood on #${STACK.below}, and moved with the reviewer’s commit and the merge`,
      () => restacked(environment, fix),
    ],
    ['#125 failed its first checks, was repaired, and passed', () => repaired(environment)],
    [
      `the requests on #${REVIEWED} were answered once each, and the bot’s was resolved`,
      () => answered(environment, asked),
    ],
    ['every issue is closed', () => allClosed(environment)],
    ['the tests pass on main, in a fresh clone', () => green(environment)],
    ['no worktree and no branch is left', () => nothingInGit(environment)],
    ['GitHub would have understood every request', () => understood(environment)],
  ];
  if (stopped) checks.push(['no process is left', () => noProcess(environment)]);
  const checked: Check[] = [];
  for (const [claim, check] of checks) checked.push(await attempt(claim, check));
  return checked;
}

async function attempt(claim: string, check: () => Promise<void> | void): Promise<Check> {
  try {
    await check();
    return { claim };
  } catch (error) {
    return { claim, problem: error instanceof Error ? error.message : String(error) };
  }
}

/** Whose agent asks. */
const ASKS = 124;

/** Whose agent forgot to run the tests. */
const REPAIRED = 125;

const numbers = SAMPLE_ISSUES.map(({ number }) => number);

const planOf = ({ checkout }: Environment): Promise<PlanFile> =>
  readPlanFile(join(checkout, 'plan.yaml'));

async function planned(environment: Environment): Promise<void> {
  const { issues } = await planOf(environment);
  const found = issues.map(({ issue, after }) => ({
    issue,
    after: after.flatMap(({ issue: number, source }) => (source === 'text' ? number : [])),
  }));
  assert.deepEqual(
    found,
    SAMPLE_ISSUES.map(({ number, after }) => ({ issue: number, after })),
  );
}

async function askedOnly(environment: Environment): Promise<void> {
  const { issues } = await planOf(environment);
  const plans = issues.filter(({ caution }) => caution !== undefined);
  assert.deepEqual(
    compareQuestions(environment.home, [
      `#${ASKS}: ${TOKEN_REFRESH.decision}`,
      ...plans.map(({ issue }) => `#${issue}: Approve the plan?`),
    ]),
    { needless: [], missing: [] },
  );
}

async function approved(environment: Environment): Promise<void> {
  const { home, repository } = environment;
  for (const { issue, caution } of (await planOf(environment)).issues) {
    const told = (await readDetail(home, repository, issue))?.detail.guidance ?? [];
    const wasApproved = told.some(({ action }) => action === 'approve');
    assert.equal(wasApproved, caution !== undefined, `#${issue}, ${caution ?? 'without caution'}`);
  }
}

function repaired(environment: Environment): void {
  const { emulator, repository } = environment;
  const { headSha } = pullOf(environment, REPAIRED);
  const passed = ({ conclusion }: { conclusion: string | null }) => conclusion === 'success';
  const runs = emulator.checkRuns(repository);
  const failed = runs.filter(({ conclusion }) => conclusion === 'failure');
  assert.equal(failed.length, 1, 'exactly one check failed');
  assert.ok(runs.filter(({ sha }) => sha === headSha).some(passed), 'its last commit passed');
}

function answered(environment: Environment, asked: Asked | undefined): void {
  const found = answersTo(environment, asked ?? []).map(({ isResolved, answers }) => [
    isResolved,
    answers.length,
  ]);
  assert.deepEqual(found, [
    [true, 1],
    [false, 1],
  ]);
}

function allMerged(result: RunResult): void {
  const merged = result.merged.toSorted((a, b) => a - b);
  assert.deepEqual({ ...result, merged }, { merged: numbers, cancelled: [], notStarted: [] });
}

async function inOrder({ emulator, repository }: Environment): Promise<void> {
  const pulls = emulator.pullRequests(repository);
  assert.deepEqual(
    pulls.map(({ head }) => head).sort(),
    numbers.map((issue) => `issue-${issue}`),
  );
  assert.ok(pulls.every(({ mergedAt, base }) => mergedAt !== null && base === 'main'));
  const git = execa({ cwd: emulator.directory(repository) });
  const { stdout } = await git`git log --reverse --format=%s main`;
  const merged = pulls
    .map(({ number, head }) => ({ head, at: stdout.indexOf(`(#${number})`) }))
    .sort((a, b) => a.at - b.at)
    .map(({ head }) => Number(head.replace('issue-', '')));
  for (const { number, after } of SAMPLE_ISSUES)
    for (const dependency of after)
      assert.ok(merged.indexOf(dependency) < merged.indexOf(number), `merged: ${merged}`);
}

async function restacked(environment: Environment, fix: Fix | undefined): Promise<void> {
  const { emulator, repository } = environment;
  assert.ok(fix?.after, 'the reviewer pushed nothing');
  assert.equal(fix.base, `issue-${STACK.below}`);
  const [below, above] = [STACK.below, STACK.above].map((issue) => pullOf(environment, issue));
  const found = {
    before: await contains(environment, fix.before, fix.commit),
    pushed: await contains(environment, fix.after, fix.commit),
    merged: await contains(environment, above?.headSha ?? '', below?.mergeCommit ?? ''),
  };
  assert.deepEqual(found, { before: false, pushed: true, merged: true });
  const git = execa({ cwd: emulator.directory(repository) });
  const { stdout } = await git`git show main:${FIX.file}`;
  assert.ok(stdout.includes(FIX.text), `${FIX.file} on main:\n${stdout}`);
}

function allClosed({ emulator, repository }: Environment): void {
  const open = emulator.issues(repository).filter(({ state }) => state === 'open');
  assert.deepEqual(
    open.map(({ number }) => number),
    [],
  );
}

async function green({ cloneUrl, credentials, root }: Environment): Promise<void> {
  const clone = join(root, 'fresh-clone');
  await execa({ env: credentials })`git clone --quiet --branch main ${cloneUrl} ${clone}`;
  const { stdout } = await execa({ cwd: clone })`${process.execPath} --test --test-reporter tap`;
  // Without a single test file it would pass as well.
  assert.match(stdout, /^# pass [1-9]/m);
}

async function nothingInGit({ checkout }: Environment): Promise<void> {
  const git = execa({ cwd: checkout, lines: true });
  const { stdout: worktrees } = await git`git worktree list`;
  const { stdout: branches } = await git`git branch --format=%(refname:short)`;
  assert.deepEqual([worktrees.length, branches], [1, ['main']]);
}

function understood({ emulator }: Environment): void {
  assert.deepEqual(emulator.violations, []);
}

function noProcess(environment: Environment): void {
  assert.deepEqual(environment.processes(), []);
}
