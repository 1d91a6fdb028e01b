import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { createWorktree } from '../../src/activities/worktree/create-worktree.ts';
import { outgoingProblems } from '../../src/activities/worktree/outgoing.ts';
import { findRepository } from '../../src/git/command/repository.ts';
import { syncBranch } from '../../src/git/private/sync-branch.ts';
import { integrateRemoteCommits } from '../../src/git/rebase/remote-commits.ts';
import { restack } from '../../src/git/rebase/restack.ts';
import { pushBranch } from '../../src/git/remote/push.ts';
import { checkGitFile } from '../../src/git/worktree/git-file.ts';
import { removeWorktree } from '../../src/git/worktree/remove.ts';
import { inspectWork } from '../../src/git/worktree/work.ts';
import { coppiceHome } from '../../src/state/home.ts';
import {
  commit,
  createRepository,
  noToken,
  run,
  type TestRepository,
} from '../support/git-repository.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const FILES = { 'README.md': '# app\n', 'src/a.txt': 'a\n', 'docs/b.txt': 'b\n' };

/** A session from its worktree to its end, with everything that git does for it. */
async function live({
  location: placeOf,
  remote,
  checkout,
  commitElsewhere,
  root,
}: TestRepository) {
  const location = placeOf(1);
  const home = coppiceHome({ COPPICE_HOME: temporaryDirectory('home') });
  const { signal } = new AbortController();
  const made = { location, workflowId: 'coppice/acme/app/issues/1', from: 'main' };
  const base = await createWorktree({ home, tokens: noToken }, made, signal);
  expect(run(location.worktree, 'status', '--porcelain')).toBe('');
  await checkGitFile(location);

  commit(location.worktree, { 'src/new.txt': 'new\n' }, 'work');
  expect(await inspectWork(location, base)).toMatchObject({ commits: 1, uncommitted: 0 });
  await syncBranch(location);
  expect(await outgoingProblems(location, base, 5, noToken)).toEqual([]);
  const pushed = await pushBranch(location, noToken);
  expect(run(remote, 'rev-parse', 'issue-1')).toBe(pushed);

  commitElsewhere('issue-1', { 'src/theirs.txt': 'theirs\n' });
  const taken = await integrateRemoteCommits(location, base, { tokens: noToken });
  expect(taken.commits).toBe(1);
  const tip = commitElsewhere('main', { 'src/a.txt': 'main\n', 'docs/b.txt': 'main\n' });
  const moved = await restack(location, taken.base, 'main', { tokens: noToken });
  expect(moved.tip).toBe(tip);
  expect(await inspectWork(location, moved)).toMatchObject({ commits: 2, uncommitted: 0 });
  const headSha = run(location.worktree, 'rev-parse', 'HEAD');
  const removal = { headSha, keepIn: join(root, 'kept'), tokens: noToken };
  return {
    location,
    end: async () => {
      expect(await removeWorktree(location, removal)).toEqual({ removed: true, reason: '' });
      expect(existsSync(location.worktree)).toBe(false);
      expect(run(checkout, 'for-each-ref', 'refs/coppice', 'refs/heads/issue-1')).toBe('');
    },
  };
}

/** What stands in the person's own git configuration. */
function personal(text: string): void {
  const file = join(temporaryDirectory('person'), 'gitconfig');
  writeFileSync(file, text);
  vi.stubEnv('GIT_CONFIG_GLOBAL', file);
}

test('line ends that git changes on the way (core.autocrlf)', async () => {
  personal('[core]\n\tautocrlf = true\n');
  const { location, end } = await live(createRepository(FILES));
  expect(readFileSync(join(location.worktree, 'src/a.txt'), 'utf8')).toBe('main\r\n');
  await end();
});

test('hooks and ignored files of the person’s own, for all repositories', async () => {
  const hooks = temporaryDirectory('hooks');
  const ran = join(hooks, 'ran');
  for (const name of ['post-checkout', 'pre-push', 'pre-rebase', 'post-rewrite']) {
    writeFileSync(join(hooks, name), `#!/bin/sh\necho ${name} >>${ran}\nexit 1\n`);
    chmodSync(join(hooks, name), 0o755);
  }
  const ignore = join(hooks, 'ignore');
  writeFileSync(ignore, '*.local\n');
  const repository = createRepository(FILES);
  personal('');
  run(repository.checkout, 'config', 'core.hooksPath', hooks);
  run(repository.checkout, 'config', 'core.excludesFile', ignore);
  const { location } = await live(repository);
  expect(existsSync(ran)).toBe(false);
  writeFileSync(join(location.worktree, 'mine.local'), '');
  const headSha = run(location.worktree, 'rev-parse', 'HEAD');
  const removal = { headSha, keepIn: join(hooks, 'kept'), tokens: noToken };
  expect(await removeWorktree(location, removal)).toMatchObject({ removed: true });
  expect(existsSync(join(hooks, 'kept', 'mine.local'))).toBe(true);
});

test('a sparse checkout stays sparse', async () => {
  const repository = createRepository(FILES);
  run(repository.checkout, 'sparse-checkout', 'set', 'src');
  const { location, end } = await live(repository);
  expect(existsSync(join(location.worktree, 'src/a.txt'))).toBe(true);
  expect(existsSync(join(location.worktree, 'docs/b.txt'))).toBe(false);
  await end();
});

test('a tag with the name of the session’s branch, and a branch with that of a remote’s', async () => {
  const repository = createRepository(FILES);
  run(repository.checkout, 'tag', 'issue-1');
  run(repository.checkout, 'branch', 'origin/main');
  run(repository.checkout, 'branch', 'origin/issue-1');
  const { end } = await live(repository);
  await end();
});

test('a configuration for each worktree (extensions.worktreeConfig)', async () => {
  const repository = createRepository(FILES);
  run(repository.checkout, 'config', 'extensions.worktreeConfig', 'true');
  run(repository.checkout, 'config', '--worktree', 'core.sparseCheckout', 'false');
  const { end } = await live(repository);
  await end();
});

test('a repository whose objects have SHA-256 names', async () => {
  const root = temporaryDirectory('sha256');
  const [checkout, remote] = [join(root, 'app'), join(root, 'remote.git')];
  run(root, 'init', '--quiet', '--bare', '--object-format=sha256', remote);
  run(root, 'init', '--quiet', '--object-format=sha256', checkout);
  run(checkout, 'remote', 'add', 'origin', remote);
  commit(checkout, FILES, 'first');
  run(checkout, 'push', '--quiet', 'origin', 'HEAD:main');
  const { location } = createRepository();
  let others = 0;
  const { end } = await live({
    ...{ root, checkout, remote },
    location: (issue) => ({ ...location(issue), checkout, worktree: join(root, 'app-issue-1') }),
    commitElsewhere(branch, changes) {
      const other = join(root, `other-${others++}`);
      run(root, 'clone', '--quiet', '--branch', branch, remote, other);
      const sha = commit(other, changes, `elsewhere on ${branch}`);
      run(other, 'push', '--quiet', 'origin', `HEAD:${branch}`);
      return sha;
    },
  });
  await end();
});

test('a bare repository with worktrees around it, and a checkout whose git directory is elsewhere', async () => {
  const repository = createRepository(FILES);
  const project = join(repository.root, 'project');
  mkdirSync(project);
  run(project, 'clone', '--quiet', '--bare', repository.remote, '.bare');
  writeFileSync(join(project, '.git'), 'gitdir: ./.bare\n');
  const checkout = join(project, 'main');
  run(project, 'worktree', 'add', '--quiet', checkout, 'main');
  const bare = await live({
    ...repository,
    checkout,
    location: (issue) => ({
      ...repository.location(issue),
      checkout,
      worktree: join(project, 'i1'),
    }),
  });
  await bare.end();
});

test('a checkout whose git directory is elsewhere, or that is a submodule, is the checkout', async () => {
  const { root, remote } = createRepository(FILES);
  const checkout = join(root, 'project');
  run(
    root,
    'clone',
    '--quiet',
    `--separate-git-dir=${join(root, 'elsewhere.git')}`,
    remote,
    checkout,
  );
  mkdirSync(join(checkout, 'below'));
  expect(await findRepository(join(checkout, 'below'))).toEqual({
    root: checkout,
    remoteUrl: remote,
  });

  const outer = join(root, 'outer');
  run(root, 'init', '--quiet', outer);
  run(outer, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', remote, 'inner');
  const inner = { root: join(outer, 'inner'), remoteUrl: remote };
  expect(await findRepository(inner.root)).toEqual(inner);
});
