import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { pushBranch } from '../../../src/git/remote/push.ts';
import { excludeOwnDirectory } from '../../../src/git/worktree/exclude.ts';
import { type RemovalOptions, removeWorktree } from '../../../src/git/worktree/remove.ts';
import { addWorktree } from '../../../src/git/worktree/worktrees.ts';
import { commit, createRepository, noToken, run, write } from '../../support/git-repository.ts';

async function session() {
  const repository = createRepository({
    'README.md': '# app\n',
    '.gitignore': '.env*\nnode_modules\ndb/\n',
  });
  const location = repository.location(124);
  await excludeOwnDirectory(repository.checkout);
  await addWorktree(location, { tip: run(repository.remote, 'rev-parse', 'main') });
  const headSha = commit(location.worktree, { 'a.txt': 'a\n' });
  await pushBranch(location, noToken);
  const keepIn = join(repository.root, 'kept');
  const remove = (options: Partial<Pick<RemovalOptions, 'headSha' | 'force' | 'base'>> = {}) =>
    removeWorktree(location, { headSha, keepIn, tokens: noToken, ...options });
  const isThere = () =>
    existsSync(location.worktree) &&
    run(repository.checkout, 'branch', '--list', location.branch) !== '';
  const isGone = () =>
    !existsSync(location.worktree) &&
    run(repository.checkout, 'for-each-ref', 'refs/heads/issue-124', 'refs/coppice') === '' &&
    run(repository.checkout, 'worktree', 'list').split('\n').length === 1;
  return { ...repository, location, headSha, keepIn, remove, isThere, isGone };
}

test('a worktree and branch whose tip is the pull request’s head go, also after a squash', async () => {
  const { remove, isGone, commitElsewhere } = await session();
  commitElsewhere('main', { 'a.txt': 'a\n' });
  expect(await remove()).toEqual({ removed: true, reason: '' });
  expect(isGone()).toBe(true);
  expect(await remove()).toEqual({ removed: true, reason: '' });
});

test('they go when the pull request went on elsewhere, even if its branch is deleted', async () => {
  const { remove, isGone, commitElsewhere, remote } = await session();
  const headSha = commitElsewhere('issue-124', { 'b.txt': 'b\n' });
  run(remote, 'update-ref', 'refs/pull/7/head', headSha);
  run(remote, 'branch', '-D', 'issue-124');
  run(remote, 'config', 'uploadpack.allowAnySHA1InWant', 'true');
  expect(await remove({ headSha })).toMatchObject({ removed: true });
  expect(isGone()).toBe(true);
});

test.each<[string, RegExp, (given: Awaited<ReturnType<typeof session>>) => unknown]>([
  [
    'an unpushed commit',
    /not in its pull request/,
    ({ location }) => commit(location.worktree, { b: 'b' }),
  ],
  [
    'an unpushed commit on a detached HEAD',
    /not in its pull request/,
    ({ location }) => {
      run(location.worktree, 'checkout', '-q', '--detach');
      commit(location.worktree, { b: 'b' });
    },
  ],
  ['an edited file', /1 uncommitted/, ({ location }) => write(location.worktree, { 'a.txt': 'x' })],
  ['a new file', /1 uncommitted/, ({ location }) => write(location.worktree, { 'b/c': 'x' })],
  [
    'a person’s lock',
    /is locked/,
    ({ checkout, location }) => run(checkout, 'worktree', 'lock', location.worktree),
  ],
])('with %s they stay, and the reason is told', async (_, reason, make) => {
  const given = await session();
  make(given);
  const removal = await given.remove();
  expect(removal).toEqual({ removed: false, reason: expect.stringMatching(reason) });
  expect(given.isThere()).toBe(true);
});

/** A dependent that was moved onto main here, while its pull request was merged as it had been. */
async function movedAfterMerge(change: (worktree: string) => void) {
  const given = await session();
  const { location, checkout, headSha, commitElsewhere } = given;
  const base = { branch: 'issue-1', tip: run(checkout, 'rev-parse', `${headSha}^`) };
  const onto = commitElsewhere('main', { 'of-issue-1.txt': 'squashed\n' });
  run(checkout, 'fetch', '-q', 'origin', 'main');
  run(location.worktree, 'rebase', '-q', '--onto', onto, base.tip, location.branch);
  run(checkout, 'update-ref', `refs/coppice/base/${location.branch}`, onto);
  change(location.worktree);
  return { ...given, remove: () => given.remove({ base }) };
}

test('a branch that was moved, and merged before that was pushed, goes', async () => {
  const { remove, isGone } = await movedAfterMerge(() => {});
  expect(await remove()).toEqual({ removed: true, reason: '' });
  expect(isGone()).toBe(true);
});

test.each<[string, (worktree: string) => unknown]>([
  ['another commit', (worktree) => commit(worktree, { b: 'b' })],
  ['other spaces', (worktree) => amend(worktree, () => write(worktree, { 'a.txt': '  a\n' }))],
  ['another mode', (worktree) => amend(worktree, () => chmodSync(join(worktree, 'a.txt'), 0o755))],
  ['another file', (worktree) => amend(worktree, () => write(worktree, { 'b.bin': '\0' }))],
  [
    'a merge',
    (worktree) => {
      run(worktree, 'checkout', '-q', '--detach', 'HEAD^');
      commit(worktree, { side: 'x' });
      const side = run(worktree, 'rev-parse', 'HEAD');
      run(worktree, 'checkout', '-q', 'issue-124');
      run(worktree, 'merge', '-q', '--no-ff', '-s', 'ours', '-m', 'merge', side);
    },
  ],
])('but it stays with %s that was not merged', async (_, change) => {
  const { remove, isThere } = await movedAfterMerge(change);
  expect(await remove()).toMatchObject({
    removed: false,
    reason: expect.stringMatching(/not in its pull request/),
  });
  expect(isThere()).toBe(true);
});

function amend(worktree: string, change: () => unknown): void {
  change();
  run(worktree, 'add', '--all');
  run(worktree, 'commit', '-q', '--amend', '--no-edit');
}

test('a head that nobody can find proves nothing, and neither does none', async () => {
  const { remove, isThere } = await session();
  expect(await remove({ headSha: 'f'.repeat(40) })).toMatchObject({ removed: false });
  expect(await remove({ headSha: '' })).toMatchObject({ removed: false });
  expect(isThere()).toBe(true);
});

test('a branch that a person has checked out elsewhere stays', async () => {
  const { location, checkout, remove } = await session();
  rmSync(location.worktree, { recursive: true });
  run(checkout, 'worktree', 'prune');
  run(checkout, 'checkout', '-q', location.branch);
  expect(await remove()).toEqual({
    removed: false,
    reason: expect.stringContaining(`checked out in ${checkout}`),
  });
  expect(await remove({ force: true })).toMatchObject({ removed: false });
});

test('with force uncommitted changes go, and unpushed commits are kept under a ref', async () => {
  const { location, checkout, remove } = await session();
  const tip = commit(location.worktree, { 'b.txt': 'b\n' });
  write(location.worktree, { 'draft.txt': 'draft\n' });
  expect(await remove({ force: true })).toMatchObject({ removed: true });
  expect(run(checkout, 'for-each-ref', '--format=%(refname) %(objectname)', 'refs/coppice')).toBe(
    `refs/coppice/kept/issue-124-${tip.slice(0, 8)} ${tip}`,
  );
});

test('ignored files are kept, but for what tools make again and what is Coppice’s', async () => {
  const { location, keepIn, remove } = await session();
  write(location.worktree, {
    '.env': 'SECRET=1\n',
    'app/.env.local': 'PORT=2\n',
    'db/data.sqlite': 'data',
    'db/build/cache': 'x',
    'node_modules/x/index.js': 'x',
    '.coppice/status.json': '{}',
  });
  symlinkSync('/etc/hostname', join(location.worktree, '.env.link'));
  expect(await remove()).toEqual({ removed: true, reason: expect.stringContaining(keepIn) });
  expect(readFileSync(join(keepIn, '.env'), 'utf8')).toBe('SECRET=1\n');
  expect(readFileSync(join(keepIn, 'app/.env.local'), 'utf8')).toBe('PORT=2\n');
  expect(readFileSync(join(keepIn, 'db/data.sqlite'), 'utf8')).toBe('data');
  for (const left of ['db/build', 'node_modules', '.coppice'])
    expect(existsSync(join(keepIn, left))).toBe(false);
});

test('whatever a tool left among the ignored files, without write permission too, they are kept and the worktree goes', async () => {
  const { location, keepIn, remove, isGone, root } = await session();
  write(location.worktree, {
    'db/ro/data': 'data',
    'db/locked/deep': 'deep',
    'db/odd\n"name': 'odd',
  });
  const latin1 = Buffer.from('.env.caf\xe9', 'latin1');
  const inside = (directory: string) => Buffer.concat([Buffer.from(`${directory}/`), latin1]);
  writeFileSync(inside(location.worktree), 'coffee');
  writeFileSync(inside(join(location.worktree, 'db')), 'more');
  execFileSync('mkfifo', [
    join(location.worktree, 'db/pipe'),
    join(location.worktree, '.env.pipe'),
  ]);
  const server = createServer().listen(join(location.worktree, 'db/socket'));
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  symlinkSync('nowhere', join(location.worktree, 'db/broken'));
  symlinkSync('.', join(location.worktree, 'db/loop'));
  chmodSync(join(location.worktree, 'db/ro'), 0o500);
  chmodSync(join(location.worktree, 'db/locked'), 0o000);
  // What an earlier session of the issue left there may be links out of it.
  const outside = join(root, 'outside');
  mkdirSync(outside);
  mkdirSync(join(keepIn, 'db'), { recursive: true });
  symlinkSync(outside, join(keepIn, 'db/ro'));

  expect(await heldByPermissions(root, remove)).toEqual({
    removed: true,
    reason: expect.stringContaining(keepIn),
  });
  expect(isGone()).toBe(true);
  const kept = (path: string) => readFileSync(join(keepIn, path), 'utf8');
  expect([kept('db/ro/data'), kept('db/locked/deep'), kept('db/odd\n"name')]).toEqual([
    ...['data', 'deep', 'odd'],
  ]);
  expect(readFileSync(inside(keepIn), 'utf8')).toBe('coffee');
  expect(readFileSync(inside(join(keepIn, 'db')), 'utf8')).toBe('more');
  expect(readlinkSync(join(keepIn, 'db/broken'))).toBe('nowhere');
  expect(readlinkSync(join(keepIn, 'db/loop'))).toBe('.');
  for (const left of ['db/pipe', '.env.pipe', 'db/socket'])
    expect(existsSync(join(keepIn, left))).toBe(false);
  expect(readdirSync(outside)).toEqual([]);
});

/** Acts as somebody whom permissions hold, to whom all of the directory belongs: they do not hold root. */
async function heldByPermissions<T>(owned: string, act: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return act();
  const giveTo = (user: number) => execFileSync('chown', ['-R', `${user}:${user}`, owned]);
  vi.stubEnv('HOME', owned);
  giveTo(NOBODY);
  process.setegid?.(NOBODY);
  process.seteuid?.(NOBODY);
  try {
    return await act();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
    giveTo(0);
    vi.unstubAllEnvs();
  }
}

const NOBODY = 65_534;

const beingRemoved = ({ checkout, headSha }: Awaited<ReturnType<typeof session>>) =>
  run(checkout, 'update-ref', 'refs/coppice/removing/issue-124', headSha);

test.each<[string, (given: Awaited<ReturnType<typeof session>>) => unknown]>([
  ['everything in place', beingRemoved],
  [
    'a file removed',
    (given) => {
      beingRemoved(given);
      rmSync(join(given.location.worktree, 'a.txt'));
    },
  ],
  [
    'git’s own file removed first',
    (given) => {
      beingRemoved(given);
      rmSync(join(given.location.worktree, '.git'));
    },
  ],
  ['the directory removed', ({ location }) => rmSync(location.worktree, { recursive: true })],
  [
    'the worktree removed and not the branch',
    ({ checkout, location }) => run(checkout, 'worktree', 'remove', '--force', location.worktree),
  ],
  [
    'the branch removed and not Coppice’s notes',
    ({ checkout, location, headSha }) => {
      run(checkout, 'update-ref', 'refs/coppice/base/issue-124', headSha);
      run(checkout, 'worktree', 'remove', '--force', location.worktree);
      run(checkout, 'branch', '-D', location.branch);
    },
  ],
])('after a kill that left %s, another attempt finishes', async (_, leave) => {
  const given = await session();
  leave(given);
  expect(await given.remove()).toEqual({ removed: true, reason: '' });
  expect(given.isGone()).toBe(true);
});

test('what a person wrote after a removal was interrupted stays', async () => {
  const given = await session();
  beingRemoved(given);
  write(given.location.worktree, { 'a.txt': 'edited\n' });
  expect(await given.remove()).toMatchObject({ removed: false });
  expect(readFileSync(join(given.location.worktree, 'a.txt'), 'utf8')).toBe('edited\n');
});

test('a directory that git does not know, and Coppice did not begin to remove, stays', async () => {
  const { location, remove } = await session();
  rmSync(join(location.worktree, '.git'));
  expect(await remove()).toMatchObject({ removed: false });
  expect(existsSync(join(location.worktree, 'a.txt'))).toBe(true);
});

test('trouble with files on this machine is told, and nothing is gone', async () => {
  const { location, keepIn, remove, isThere } = await session();
  write(location.worktree, { '.env': 'SECRET=1\n' });
  writeFileSync(keepIn, 'a file where a directory should be');
  expect(await remove()).toEqual({ removed: false, reason: expect.stringContaining(keepIn) });
  expect(isThere()).toBe(true);
});

/** Makes directories inside each other, until no path leads to the innermost one any more. */
function dig(top: string): void {
  mkdirSync(top, { recursive: true });
  const name = 'd'.repeat(200);
  const script = `i=0; while [ $i -lt 30 ]; do mkdir ${name} && cd -P ./${name} || exit 1; i=$((i+1)); done; echo x >file`;
  execFileSync('bash', ['-c', script], { cwd: top });
}

test('directories deeper than any path can tell keep no worktree from going', async () => {
  const { location, remove, isGone, keepIn } = await session();
  dig(join(location.worktree, 'db'));
  write(location.worktree, { 'db/data': 'precious\n' });
  expect(await remove()).toMatchObject({ removed: true });
  expect(isGone()).toBe(true);
  expect(execFileSync('grep', ['-rl', 'precious', keepIn], { encoding: 'utf8' })).toContain(
    'db/data',
  );
  execFileSync('rm', ['-rf', keepIn]);
});

test('nor do they stop it from being looked at while it stays', async () => {
  const { location, remove, isThere } = await session();
  dig(join(location.worktree, 'untracked'));
  write(location.worktree, { 'untracked/work.txt': 'work\n' });
  expect(await remove()).toMatchObject({ removed: false });
  expect(isThere()).toBe(true);
  expect(await remove({ force: true })).toMatchObject({ removed: true });
});
