import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { Base, SessionLocation } from '../../../src/domain/session/session.ts';
import { finishResolvedRebase, restack } from '../../../src/git/rebase/restack.ts';
import { pushBranch } from '../../../src/git/remote/push.ts';
import { addWorktree } from '../../../src/git/worktree/worktrees.ts';
import { commit, createRepository, noToken, run, write } from '../../support/git-repository.ts';

async function session(files: Readonly<Record<string, string>> = { 'README.md': '# app\n' }) {
  const repository = createRepository(files);
  const location = repository.location(124);
  const base = { branch: 'main', tip: run(repository.remote, 'rev-parse', 'main') };
  await addWorktree(location, { tip: base.tip });
  const move = (onto = 'main', from: Base = base) =>
    restack(location, from, onto, { tokens: noToken });
  return { ...repository, location, base, move };
}

const log = (directory: string, range: string) =>
  run(directory, 'log', '--reverse', '--format=%s', range).split('\n');

const settled = (location: SessionLocation) => {
  expect(run(location.worktree, 'status', '--porcelain', '--branch')).toBe(`## ${location.branch}`);
  expect(existsSync(join(location.checkout, '.git/worktrees/app-issue-124/coppice-rebasing'))).toBe(
    false,
  );
};

const nothingKept = (location: SessionLocation) => {
  settled(location);
  expect(run(location.checkout, 'for-each-ref', 'refs/coppice/before', 'refs/coppice/onto')).toBe(
    '',
  );
};

test('own commits move onto the new tip, and the remote’s branch follows', async () => {
  const { location, move, commitElsewhere, remote } = await session();
  commit(location.worktree, { 'a.txt': 'a\n' }, 'work a');
  await pushBranch(location, noToken);
  commit(location.worktree, { 'b.txt': 'b\n' }, 'work b');
  const tip = commitElsewhere('main', { 'later.txt': 'later\n' });
  expect(await move()).toEqual({ branch: 'main', tip });
  expect(log(location.worktree, `${tip}..HEAD`)).toEqual(['work a', 'work b']);
  expect(existsSync(join(location.worktree, 'later.txt'))).toBe(true);
  expect(run(remote, 'rev-parse', location.branch)).toBe(
    run(location.worktree, 'rev-parse', 'HEAD'),
  );
  nothingKept(location);
});

test('a branch that was never pushed is moved and not pushed', async () => {
  const { location, move, commitElsewhere, remote } = await session();
  commit(location.worktree, { 'a.txt': 'a\n' });
  commitElsewhere('main', { 'later.txt': 'later\n' });
  await move();
  expect(run(remote, 'branch', '--list', location.branch)).toBe('');
});

test('doing it again changes nothing', async () => {
  const { location, move, commitElsewhere } = await session();
  commit(location.worktree, { 'a.txt': 'a\n' });
  await pushBranch(location, noToken);
  commitElsewhere('main', { 'later.txt': 'later\n' });
  const moved = await move();
  const refs = run(location.checkout, 'show-ref');
  expect(await move()).toEqual(moved);
  expect(run(location.checkout, 'show-ref')).toBe(refs);
  nothingKept(location);
});

test('after its dependency was squashed into main, a dependent keeps only its own commits', async () => {
  const { location, base, checkout, commitElsewhere, move } = await session();
  run(checkout, 'checkout', '-q', '-b', 'issue-123');
  commit(checkout, { 'below.txt': 'one\n' }, 'below 1');
  const below = commit(checkout, { 'below.txt': 'two\n' }, 'below 2');
  run(location.worktree, 'reset', '-q', '--hard', below);
  commit(location.worktree, { 'above.txt': 'above\n' }, 'above');
  await pushBranch(location, noToken);
  const tip = commitElsewhere('main', { 'below.txt': 'two\n', 'more.txt': 'more\n' });
  expect(base.tip).not.toBe(tip);
  await move('main', { branch: 'issue-123', tip: below });
  expect(log(location.worktree, `${tip}..HEAD`)).toEqual(['above']);
});

test('a conflict leaves the branch as it was, and names the files and both sides’ commits', async () => {
  const { location, move, commitElsewhere, remote } = await session();
  const head = commit(location.worktree, { 'README.md': '# ours\n' }, 'ours; rm -rf /\u001b[2J');
  await pushBranch(location, noToken);
  commitElsewhere('main', { 'README.md': '# theirs\n', 'other.txt': 'x\n' });
  await expect(move()).rejects.toMatchObject({
    type: 'RebaseConflict',
    message: 'issue-124 conflicts with main in README.md',
    details: expect.stringMatching(
      /README\.md\nOn issue-124:\n(\w+) Tester: ours; rm -rf \/\nOn main:\n(\w+) Tester: elsewhere on main\nTo resolve it in the worktree:\ngit rebase --onto \w{40} \w{40}\nBoth sides:\nREADME\.md, main \(\2\):\n\| # theirs\nREADME\.md, issue-124 \(\1\w*\):\n\| # ours$/,
    ),
  });
  expect(run(location.worktree, 'rev-parse', 'HEAD')).toBe(head);
  expect(run(remote, 'rev-parse', location.branch)).toBe(head);
  expect(run(location.checkout, 'rev-parse', 'refs/coppice/before/issue-124')).toBe(head);
  settled(location);
});

async function inConflict() {
  const setting = await session();
  const { location, base, move, commitElsewhere } = setting;
  commit(location.worktree, { 'README.md': '# ours\n' }, 'ours');
  await pushBranch(location, noToken);
  const tip = commitElsewhere('main', { 'README.md': '# theirs\n' });
  await expect(move()).rejects.toMatchObject({ type: 'RebaseConflict' });
  const takeUp = () => finishResolvedRebase(location, base, 'main', { tokens: noToken });
  /** Rebases as the person or the agent would, and leaves `text` in the file that conflicts. */
  const resolve = (text: string) => {
    expect(() => run(location.worktree, 'rebase', '--onto', tip, base.tip)).toThrow();
    write(location.worktree, { 'README.md': text });
    run(location.worktree, 'add', 'README.md');
    run(location.worktree, '-c', 'core.editor=true', 'rebase', '--continue');
  };
  return { ...setting, tip, takeUp, resolve };
}

test('a conflict resolved by hand is taken up and pushed', async () => {
  const { location, remote, tip, takeUp, resolve } = await inConflict();
  resolve('# ours and theirs\n');
  expect(await takeUp()).toEqual({ branch: 'main', tip });
  expect(run(remote, 'show', `${location.branch}:README.md`)).toBe('# ours and theirs');
  expect(log(location.worktree, `${tip}..HEAD`)).toEqual(['ours']);
  nothingKept(location);
});

test('taking up again what was taken up changes nothing', async () => {
  const { location, base, takeUp, resolve } = await inConflict();
  resolve('# both\n');
  const moved = await takeUp();
  const refs = run(location.checkout, 'show-ref');
  expect(await finishResolvedRebase(location, base, 'main', { tokens: noToken })).toEqual(moved);
  expect(run(location.checkout, 'show-ref')).toBe(refs);
});

test('what is not resolved is not taken up', async () => {
  const { location, base, tip, remote, takeUp, resolve } = await inConflict();
  const published = run(remote, 'rev-parse', location.branch);
  const refused = (why: RegExp) =>
    expect(takeUp()).rejects.toMatchObject({
      type: 'NotResolved',
      message: expect.stringMatching(why),
    });
  await refused(/is not based on main/);
  expect(() => run(location.worktree, 'rebase', '--onto', tip, base.tip)).toThrow();
  await refused(/rebase is in progress/);
  run(location.worktree, 'rebase', '--abort');
  resolve('<<<<<<< HEAD\n# theirs\n=======\n# ours\n>>>>>>> ours\n');
  await refused(/conflict markers are left in README\.md/);
  expect(run(remote, 'rev-parse', location.branch)).toBe(published);
});

test('commits that somebody else pushed to the branch move along', async () => {
  const { location, move, commitElsewhere, remote } = await session();
  commit(location.worktree, { 'a.txt': 'a\n' }, 'work a');
  await pushBranch(location, noToken);
  commitElsewhere(location.branch, { 'theirs.txt': 'theirs\n' });
  const tip = commitElsewhere('main', { 'later.txt': 'later\n' });
  await move();
  expect(log(remote, `${tip}..${location.branch}`)).toEqual(['work a', 'elsewhere on issue-124']);
  nothingKept(location);
});

test('a push that somebody else was quicker with is made again on top of theirs', async () => {
  const { location, move, commitElsewhere, remote, root } = await session();
  const pushed = commit(location.worktree, { 'a.txt': 'a\n' }, 'work a');
  await pushBranch(location, noToken);
  const theirs = commitElsewhere(location.branch, { 'theirs.txt': 'theirs\n' });
  run(remote, 'update-ref', `refs/heads/${location.branch}`, pushed);
  const tip = commitElsewhere('main', { 'later.txt': 'later\n' });
  // A git that lets somebody else push between the look at the branch and our push.
  const git = join(run('/', '--exec-path'), 'git');
  const quicker = `${git} -C ${remote} update-ref refs/heads/${location.branch} ${theirs} ${pushed}`;
  const script = `#!/bin/sh\ncase "$*" in *push*) ${quicker} 2>/dev/null;; esac\nexec ${git} "$@"\n`;
  writeFileSync(join(root, 'git'), script, { mode: 0o755 });
  vi.stubEnv('PATH', `${root}:${process.env.PATH}`);
  try {
    await expect(move()).resolves.toEqual({ branch: 'main', tip });
  } finally {
    vi.unstubAllEnvs();
  }
  expect(log(remote, `${tip}..${location.branch}`)).toEqual(['work a', 'elsewhere on issue-124']);
  nothingKept(location);
});

test('a branch whose every change is in the base already is not emptied', async () => {
  const { location, move, commitElsewhere } = await session();
  const head = commit(location.worktree, { 'a.txt': 'a\n' });
  await pushBranch(location, noToken);
  commitElsewhere('main', { 'a.txt': 'a\n', 'b.txt': 'b\n' });
  await expect(move()).rejects.toMatchObject({ type: 'NothingToPublish' });
  expect(run(location.worktree, 'rev-parse', 'HEAD')).toBe(head);
  nothingKept(location);
});

test('a missing branch to stand on is named', async () => {
  const { move } = await session();
  await expect(move('develop')).rejects.toMatchObject({ type: 'MissingBaseBranch' });
});

test.each<[string, (location: SessionLocation) => void, RegExp]>([
  ['an edited file', ({ worktree }) => write(worktree, { 'README.md': 'x' }), /not committed/],
  ['a new file', ({ worktree }) => write(worktree, { 'later.txt': 'x' }), /not committed/],
  ['no branch', ({ worktree }) => run(worktree, 'checkout', '-q', '--detach'), /no branch/],
  [
    'the agent’s own unfinished rebase',
    ({ worktree }) => {
      const [first, second] = ['one\n', 'two\n'].map((text) => commit(worktree, { 'c.txt': text }));
      run(worktree, 'reset', '-q', '--hard', `${first}~1`);
      commit(worktree, { 'c.txt': 'three\n' });
      expect(() => run(worktree, 'rebase', '--onto', 'HEAD', `${first}~1`, `${second}`)).toThrow();
    },
    /rebase is in progress/,
  ],
])(
  'with %s in the worktree nothing is touched, and the reason is told',
  async (_, make, reason) => {
    const { location, move, commitElsewhere } = await session();
    commit(location.worktree, { 'a.txt': 'a\n' });
    make(location);
    commitElsewhere('main', { 'later.txt': 'later\n' });
    const before = run(location.worktree, 'status', '--porcelain=v2', '--branch');
    await expect(move()).rejects.toMatchObject({
      type: 'GitFailed',
      message: expect.stringMatching(reason),
    });
    expect(run(location.worktree, 'status', '--porcelain=v2', '--branch')).toBe(before);
  },
);

test('after a kill between moving the branch and pushing it, the push is made, also onto a newer tip', async () => {
  const { location, base, move, commitElsewhere, remote } = await session();
  commit(location.worktree, { 'a.txt': 'a\n' }, 'work');
  await pushBranch(location, noToken);
  commitElsewhere('main', { 'later.txt': 'later\n' });
  const { rejects } = blockPushes(remote);
  await expect(move()).rejects.toThrow();
  rejects(false);
  expect(run(remote, 'rev-parse', location.branch)).not.toBe(
    run(location.worktree, 'rev-parse', 'HEAD'),
  );
  const tip = commitElsewhere('main', { 'still-later.txt': 'still later\n' });
  expect(await move('main', base)).toEqual({ branch: 'main', tip });
  expect(log(location.worktree, `${tip}..HEAD`)).toEqual(['work']);
  expect(run(remote, 'rev-parse', location.branch)).toBe(
    run(location.worktree, 'rev-parse', 'HEAD'),
  );
  nothingKept(location);
});

test('after a kill before the push, a base that was rewritten since leaves none of its old commits', async () => {
  const { location, base, move, commitElsewhere, remote } = await session();
  commit(location.worktree, { 'a.txt': 'a\n' }, 'work');
  await pushBranch(location, noToken);
  commitElsewhere('main', { 'README.md': '# withdrawn\n' });
  const { rejects } = blockPushes(remote);
  await expect(move()).rejects.toThrow();
  rejects(false);
  run(remote, 'update-ref', 'refs/heads/main', base.tip);
  const tip = commitElsewhere('main', { 'README.md': '# instead\n' });
  expect(await move()).toEqual({ branch: 'main', tip });
  expect(log(location.worktree, `${tip}..HEAD`)).toEqual(['work']);
});

function blockPushes(remote: string) {
  const hook = join(remote, 'hooks/pre-receive');
  const rejects = (yes: boolean) =>
    writeFileSync(hook, `#!/bin/sh\nexit ${yes ? 1 : 0}\n`, { mode: 0o755 });
  rejects(true);
  return { rejects };
}

test('after kill -9 of the process at any moment, another attempt ends the same way', async () => {
  const many = (text: string) =>
    Object.fromEntries(
      Array.from({ length: 150 }, (_, n) => [`src/${text}-${n}.txt`, text.repeat(500)]),
    );
  const { location, base, commitElsewhere, move, remote, checkout } = await session(many('old'));
  for (let n = 0; n < 5; n++)
    commit(location.worktree, { [`work-${n}.txt`]: `${n}\n` }, `work ${n}`);
  const start = run(location.worktree, 'rev-parse', 'HEAD');
  await pushBranch(location, noToken);
  const tip = commitElsewhere('main', many('new'));
  const own = join(checkout, '.git/worktrees/app-issue-124');
  const moments: [string, () => boolean][] = [
    ['marker', () => existsSync(join(own, 'coppice-rebasing'))],
    ['files', () => existsSync(join(location.worktree, 'src/new-0.txt'))],
    [
      'branch',
      () =>
        readFileSync(join(checkout, '.git/refs/heads', location.branch), 'utf8').trim() !== start,
    ],
    [
      'push',
      () => readFileSync(join(remote, 'refs/heads', location.branch), 'utf8').trim() !== start,
    ],
  ];
  for (const [moment, when] of moments) {
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, 'restack-process.ts'), JSON.stringify({ location, base })],
      { stdio: 'ignore' },
    );
    const exited = once(child, 'exit');
    await vi.waitUntil(() => when() || child.exitCode !== null, { timeout: 30_000, interval: 1 });
    child.kill('SIGKILL');
    await exited;
    expect(await move(), moment).toEqual({ branch: 'main', tip });
    expect(log(location.worktree, `${tip}..HEAD`), moment).toHaveLength(5);
    expect(run(remote, 'rev-parse', location.branch)).toBe(
      run(location.worktree, 'rev-parse', 'HEAD'),
    );
    nothingKept(location);
    // Everything back to where it was.
    run(location.worktree, 'reset', '-q', '--hard', start);
    run(
      location.worktree,
      'push',
      '-q',
      '--force',
      'origin',
      `${start}:refs/heads/${location.branch}`,
    );
    run(checkout, 'update-ref', '-d', `refs/coppice/base/${location.branch}`);
  }
});

test('a rebase that nobody finished, with its lock and half its files, is cleared away', async () => {
  const { location, move, commitElsewhere, checkout } = await session();
  commit(location.worktree, { 'README.md': '# ours\n' }, 'ours');
  const tip = commitElsewhere('main', { 'README.md': '# theirs\n', 'new.txt': 'new\n' });
  run(checkout, 'fetch', '-q', 'origin');
  expect(() => run(location.worktree, 'rebase', '--onto', tip, 'HEAD~1', 'HEAD~0')).toThrow();
  const own = join(checkout, '.git/worktrees/app-issue-124');
  writeFileSync(join(own, 'coppice-rebasing'), tip);
  writeFileSync(join(own, 'index.lock'), '');
  await expect(move()).rejects.toMatchObject({ type: 'RebaseConflict' });
  expect(readFileSync(join(location.worktree, 'README.md'), 'utf8')).toBe('# ours\n');
  settled(location);
});

test('files that an interrupted checkout wrote are cleared away, and others are not', async () => {
  const { location, move, commitElsewhere, checkout } = await session();
  commit(location.worktree, { 'a.txt': 'a\n' }, 'work');
  const tip = commitElsewhere('main', { 'new.txt': 'new\n' });
  run(checkout, 'fetch', '-q', 'origin');
  const marker = join(checkout, '.git/worktrees/app-issue-124/coppice-rebasing');
  writeFileSync(marker, tip);
  write(location.worktree, { 'new.txt': 'ne', 'notes.txt': 'a person’s\n' });
  await expect(move()).rejects.toMatchObject({
    type: 'GitFailed',
    message: expect.stringContaining('1 file(s) are not committed'),
  });
  rmSync(join(location.worktree, 'notes.txt'));
  expect(await move()).toEqual({ branch: 'main', tip });
  nothingKept(location);
});

test('without any identity in git’s configuration the commits keep their author', async () => {
  const { location, move, commitElsewhere, root } = await session();
  commit(location.worktree, { 'a.txt': 'a\n' });
  commitElsewhere('main', { 'later.txt': 'later\n' });
  vi.stubEnv('HOME', root);
  vi.stubEnv('GIT_CONFIG_GLOBAL', '/dev/null');
  vi.stubEnv('GIT_COMMITTER_NAME', undefined);
  vi.stubEnv('GIT_COMMITTER_EMAIL', undefined);
  vi.stubEnv('EMAIL', undefined);
  run(location.checkout, 'config', 'user.useConfigOnly', 'true');
  try {
    await move();
  } finally {
    vi.unstubAllEnvs();
  }
  expect(run(location.worktree, 'log', '-1', '--format=%an %cn')).toBe('Tester Coppice');
});

test('hooks and signing of the repository have no part in a rebase', async () => {
  const { location, move, commitElsewhere, checkout, root } = await session();
  commit(location.worktree, { 'a.txt': 'a\n' });
  commitElsewhere('main', { 'later.txt': 'later\n' });
  const ran = join(root, 'ran');
  for (const hook of ['pre-rebase', 'post-rewrite', 'post-checkout', 'pre-push'])
    writeFileSync(join(checkout, '.git/hooks', hook), `#!/bin/sh\ntouch ${ran}\nexit 1\n`, {
      mode: 0o755,
    });
  run(checkout, 'config', 'commit.gpgSign', 'true');
  run(checkout, 'config', 'gpg.program', `touch ${ran}; false`);
  await move();
  expect(existsSync(ran)).toBe(false);
});
