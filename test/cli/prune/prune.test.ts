import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { deleteLeftBranch, leftBranches } from '../../../src/cli/prune/left-branches.ts';
import { pruneSession } from '../../../src/cli/prune/prune-session.ts';
import type { SessionLocation } from '../../../src/domain/session/session.ts';
import type { GitHub } from '../../../src/github/port.ts';
import { coppiceHome } from '../../../src/state/home.ts';
import { type LeftBranch, readLeftBranch } from '../../../src/state/left-branch.ts';
import {
  readOwnership,
  type StoredSession,
  saveOwnership,
} from '../../../src/state/session-store.ts';
import { runInProcess } from '../../support/cli.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { board, minutesAgo, record, repository, session } from '../records.ts';
import { world } from '../world.ts';

const URL = 'https://github.com/acme/app/pull/42';

const git = async (cwd: string, ...args: string[]) => {
  const identity = ['-c', 'user.name=A', '-c', 'user.email=a@b.c', '-c', 'commit.gpgsign=false'];
  return (await execa('git', ['-C', cwd, ...identity, ...args])).stdout;
};

/** A checkout with the worktree of a session that made one commit; GitHub says its pull request's head is `headSha`. */
async function ended() {
  const root = temporaryDirectory('prune');
  const checkout = join(root, 'app');
  const worktree = join(root, 'app-issue-7');
  await execa('git', ['init', '--quiet', '--initial-branch=main', checkout]);
  await git(checkout, 'commit', '--quiet', '--allow-empty', '-m', 'first');
  await git(checkout, 'worktree', 'add', '--quiet', '-b', 'issue-7', worktree);
  await git(worktree, 'commit', '--quiet', '--allow-empty', '-m', 'work');
  const tip = await git(worktree, 'rev-parse', 'HEAD');
  const base = { branch: 'main', tip: await git(checkout, 'rev-parse', 'main') };
  const location: SessionLocation = {
    ...{ repository, issue: 7, hostId: 'here', checkout, worktree },
    ...{ branch: 'issue-7', remote: 'origin' },
  };
  const home = coppiceHome({ COPPICE_HOME: join(root, 'state') });
  const owner = { workflowId: 'coppice/acme/app/issues/7', location, base };
  await saveOwnership(home, {
    ...{ ...owner, ready: true },
    createdAt: minutesAgo(9),
  });
  const prune = (options: {
    dryRun?: boolean;
    force?: boolean;
    headSha?: string;
    url?: null;
    merged?: boolean;
  }) =>
    pruneSession(
      owner,
      { url: options.url === null ? null : URL, merged: options.merged ?? true },
      {
        home,
        tokens: async () => 'none',
        github: async () =>
          ({
            readPullRequest: async () => ({ headSha: options.headSha ?? tip }),
          }) as unknown as GitHub,
        dryRun: options.dryRun ?? false,
        force: options.force ?? false,
      },
    );
  const owned = async () => (await readOwnership(home, repository, 7)) !== undefined;
  return { checkout, worktree, tip, prune, owned, home, location };
}

test('what the pull request holds goes, and is forgotten', async () => {
  const { checkout, worktree, prune, owned } = await ended();
  expect(await prune({ dryRun: true })).toMatchObject({ removed: true });
  expect([existsSync(worktree), await owned()]).toEqual([true, true]);
  expect(await prune({})).toMatchObject({ removed: true });
  expect([existsSync(worktree), await owned()]).toEqual([false, false]);
  expect(await git(checkout, 'branch', '--list', 'issue-7')).toBe('');
});

test('work that is nowhere else stays', async () => {
  const { worktree, prune, owned } = await ended();
  expect(await prune({ url: null })).toMatchObject({
    removed: false,
    reason: expect.stringContaining('commits that are not in its pull request'),
  });
  writeFileSync(join(worktree, 'new'), 'x');
  expect(await prune({})).toMatchObject({
    removed: false,
    reason: expect.stringMatching(/uncommitted/),
  });
  expect([existsSync(join(worktree, 'new')), await owned()]).toEqual([true, true]);
});

test('with --force it goes, and its commits are kept under a ref', async () => {
  const { checkout, worktree, tip, prune } = await ended();
  expect(await prune({ url: null, force: true })).toMatchObject({ removed: true });
  expect(existsSync(worktree)).toBe(false);
  expect(await git(checkout, 'for-each-ref', 'refs/coppice/kept')).toContain(tip);
});

test('prune asks for ended sessions only, and fails when one is kept', async () => {
  const ownership = { location: { worktree: '/w' } } as StoredSession['ownership'];
  const stored = (issue: number, changes: Parameters<typeof record>[1], owns = true) => ({
    ...{ repository, issue, ...(owns && ownership && { ownership }) },
    last: {
      asOf: minutesAgo(1),
      detail: {
        record: record(issue, changes),
        stuck: null,
        plan: '',
        turns: [],
        guidance: [],
        remarks: [],
        refused: [],
        conversation: null,
        terminal: null,
        agent: null,
      },
    },
  });
  const { services } = world({
    board: board([session(4)]),
    stored: [
      stored(1, { status: 'complete', pullRequestState: 'merged' }),
      stored(2, { status: 'cancelled' }),
      stored(3, { status: 'stuck' }),
      stored(4, { status: 'cancelled' }),
      stored(5, { status: 'cancelled' }, false),
    ],
  });
  const asked: number[] = [];
  const prune: NonNullable<typeof services.prune> = async ({ issue }) => {
    asked.push(issue);
    return issue === 1 ? { removed: true, reason: '' } : { removed: false, reason: 'it has work' };
  };
  const ran = await runInProcess(['prune'], { services: { ...services, prune } });
  expect(asked).toEqual([1, 2]);
  expect(ran).toMatchObject({
    exitCode: 1,
    stdout: '#1  removed  /w\n#2  kept     /w  it has work',
  });

  const failing: typeof prune = async (session, options) => {
    if (session.issue === 1) throw new Error('EACCES: permission denied, open\n/x');
    return prune(session, options);
  };
  const told = await runInProcess(['prune'], { services: { ...services, prune: failing } });
  expect(told).toMatchObject({
    exitCode: 1,
    stdout: '#1  kept  /w  EACCES: permission denied, open /x\n#2  kept  /w  it has work',
  });

  const { stdout } = await runInProcess(['prune', '--dry-run', '--json'], {
    services: { ...services, prune },
  });
  expect(JSON.parse(stdout)).toEqual([
    { issue: 1, worktree: '/w', removed: true, reason: '' },
    { issue: 2, worktree: '/w', removed: false, reason: 'it has work' },
  ]);
});

test('transcripts of what ended long ago go too, but of no open issue', async () => {
  const { services } = world({ board: board([session(4)]) });
  const asked: unknown[] = [];
  const pruneTurns: NonNullable<typeof services.pruneTurns> = async (_, options) => {
    asked.push(options);
    return [
      { repository, issue: 1, turns: ['a', 'b'], bytes: 1_234_567 },
      { repository, issue: 2, turns: ['c'], bytes: 8_192 },
    ];
  };
  const all = { services: { ...services, pruneTurns } };
  expect(await runInProcess(['prune', '--dry-run'], all)).toMatchObject({
    exitCode: 0,
    stdout:
      '#1  would go  the transcripts of 2 turns, 1.2 MB\n#2  would go  the transcripts of a turn, 0.0 MB',
  });
  const { stdout } = await runInProcess(['prune', '--json'], all);
  expect(JSON.parse(stdout)).toEqual([
    { issue: 1, turns: 2, bytes: 1_234_567 },
    { issue: 2, turns: 1, bytes: 8_192 },
  ]);
  expect(asked).toEqual([
    { dryRun: true, open: new Set([4]) },
    { dryRun: false, open: new Set([4]) },
  ]);
});

test('what a cancelled session left on GitHub goes on a person’s word only', async () => {
  const { home, location, tip, prune, checkout } = await ended();
  await git(checkout, 'update-ref', 'refs/coppice/pushed/issue-7', tip);
  expect(await prune({ merged: false })).toMatchObject({ removed: true });
  const branches = new Set(['issue-7']);
  const deleted: string[] = [];
  const github = async () => ({
    branchExists: async (_: unknown, branch: string) => branches.has(branch),
    async deleteBranch(_: unknown, branch: string, sha: string) {
      deleted.push(`${branch} ${sha}`);
      branches.delete(branch);
    },
  });
  const services = {
    ...world({}).services,
    leftBranches: () => leftBranches({ home, github }, repository),
    deleteLeftBranch: (left: LeftBranch) =>
      deleteLeftBranch({ home, github, tokens: async () => 'none' }, left),
  };
  const chooses = (chosen: number[]) => ({
    ...services,
    questions: async () => ({ some: async () => chosen, one: async () => 0 }),
  });
  const kept = /^#7 {2}kept {2}issue-7 on GitHub, pull request #42 {2}left by a cancelled session/;
  for (const [args, given] of [
    [['prune'], services],
    [['prune'], chooses([])],
    [['prune', '--dry-run', '--yes'], services],
  ] as const)
    expect(await runInProcess([...args], { services: given })).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(kept),
    });
  const json = await runInProcess(['prune', '--json'], { services: chooses([0]) });
  expect(JSON.parse(json.stdout)).toEqual([
    {
      ...{ issue: 7, branch: 'issue-7', pullRequest: 42, deleted: false },
      reason: expect.stringContaining('--yes'),
    },
  ]);
  expect(deleted).toEqual([]);
  const gone = await runInProcess(['prune'], { services: chooses([0]) });
  expect(gone.stdout).toMatch(/^#7 {2}deleted {2}issue-7 on GitHub, pull request #42/);
  expect(deleted).toEqual([`issue-7 ${tip}`]);
  expect(await git(checkout, 'for-each-ref', 'refs/coppice/kept')).toContain(tip);
  expect(await runInProcess(['prune', '--yes'], { services })).toMatchObject({
    stdout: 'Nothing to prune.',
  });
  expect(await readLeftBranch(home, location.repository, 7)).toBeUndefined();
});

test('a branch that somebody pushed to since stays, and a merged session leaves none', async () => {
  const { home, tip, prune, checkout } = await ended();
  await git(checkout, 'update-ref', 'refs/coppice/pushed/issue-7', tip);
  expect(await prune({ merged: true })).toMatchObject({ removed: true });
  const github = async () => ({ branchExists: async () => true, deleteBranch: async () => {} });
  expect(await leftBranches({ home, github }, repository)).toEqual([]);
  const other = await ended();
  await git(other.checkout, 'update-ref', 'refs/coppice/pushed/issue-7', other.tip);
  await other.prune({ merged: false });
  const [left] = await leftBranches({ home: other.home, github }, repository);
  const ports = { home: other.home, github, tokens: async () => 'none' };
  expect(left && (await deleteLeftBranch(ports, left))).toMatch(/somebody pushed to it since/);
});
