import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pushBranch } from '../../src/git/remote/push.ts';
import { excludeOwnDirectory } from '../../src/git/worktree/exclude.ts';
import { removeWorktree } from '../../src/git/worktree/remove.ts';
import { addWorktree } from '../../src/git/worktree/worktrees.ts';
import { commit, createRepository, noToken, run } from './git-repository.ts';

const LOCAL = ['-c', 'protocol.file.allow=always'];

/** A session's worktree with the submodule `lib`, which has a submodule itself, and a pull request with one commit. */
export async function withSubmodules() {
  const repository = createRepository({
    'README.md': '# app\n',
    '.gitignore': 'scratch/\nbuild/\n',
  });
  const { root, checkout, remote } = repository;
  const library = (name: string) => {
    const path = join(root, name);
    run(root, 'init', '--quiet', '--initial-branch=main', path);
    commit(path, { [`${name}.txt`]: 'one\n' });
    return path;
  };
  const [lib, deep] = [library('lib'), library('deep')];
  run(lib, ...LOCAL, 'submodule', '--quiet', 'add', deep, 'deep');
  run(lib, 'commit', '--quiet', '--message', 'deep');
  run(checkout, ...LOCAL, 'submodule', '--quiet', 'add', lib, 'lib');
  run(checkout, 'commit', '--quiet', '--message', 'lib');
  run(checkout, 'push', '--quiet', 'origin', 'HEAD:main');
  const location = repository.location(124);
  const base = { branch: 'main', tip: run(remote, 'rev-parse', 'main') };
  await excludeOwnDirectory(checkout);
  await addWorktree(location, { tip: base.tip });
  const { worktree } = location;
  run(worktree, ...LOCAL, 'submodule', '--quiet', 'update', '--init', '--recursive');
  commit(worktree, { 'a.txt': 'a\n' });
  const headSha = await pushBranch(location, noToken);
  const keepIn = join(root, 'kept');
  const remove = (options: { force?: boolean; headSha?: string } = {}) =>
    removeWorktree(location, { headSha, base, keepIn, tokens: noToken, ...options });
  const kept = () =>
    run(checkout, 'for-each-ref', '--format=%(refname) %(objectname)', 'refs/coppice/kept');
  return { ...repository, location, worktree, base, lib, remove, kept, keepIn };
}

/** Makes a repository that has no remote; returns its one commit. */
export function repositoryAt(path: string): string {
  mkdirSync(path, { recursive: true });
  run(path, 'init', '--quiet', '--initial-branch=main');
  return commit(path, { 'only.txt': 'only here\n' });
}
